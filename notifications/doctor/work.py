"""Whether what should happen by itself happens: jobs, what waits, and whether anything may leave."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone

from ..channels.base import Channel
from ..models import Breaker, Delivery, Event, Hold
from ..outgoing import budget
from ..upkeep import schedule
from ..upkeep.audit import OVERDUE
from ..upkeep.schedule import Health
from .asking import Asking
from .finding import Finding, failure, ok, warning

SLOW = timedelta(minutes=1)
_RUNS = "See that the site or `manage.py dispatch_notifications` runs, and what its log says."


def check_jobs(asking: Asking) -> Iterator[Finding]:
    now = timezone.now()
    jobs = schedule.health(now)
    if not any(health.run for health in jobs):
        yield warning("No job has ever run.", f"On a site that was never started that is so. {_RUNS}")
        return
    found = [of_job(health, now) for health in jobs]
    yield from [finding for finding in found if finding is not None] or [
        ok(f"All {len(jobs)} jobs ran when they were due.")
    ]


def of_job(health: Health, now: datetime) -> Finding | None:
    """None where there is nothing to say."""
    name, run, last = health.job.name, health.run, health.succeeded_at
    since = f"last well at {last:%Y-%m-%d %H:%M} UTC" if last else "never well"
    if run is not None and run.error:
        return failure(
            f"The job {name} failed, {since}: {run.error}", "Mend what it says; it is tried again by itself."
        )
    due = health.job.due_at(now) - health.job.every
    if run is not None and (last is None or last < due) and now - run.due_at > OVERDUE + health.job.every:
        return failure(f"The job {name} is late, {since}.", _RUNS)
    return None


def check_waiting(asking: Asking) -> Iterator[Finding]:
    now = timezone.now()
    event = Event.objects.due(now).first()
    yield of_age("event", event.run_at if event else None, now)
    delivery = Delivery.objects.due(now).running().first()
    yield of_age("delivery", delivery.due_at if delivery else None, now)


def of_age(what: str, since: datetime | None, now: datetime) -> Finding:
    if since is None:
        return ok(f"No {what} waits that is due.")
    seen = f"The oldest {what} that waits has been due for {(now - since).total_seconds():,.0f} seconds."
    if now - since >= OVERDUE:
        return failure(seen, _RUNS)
    return (
        warning(seen, "Look again in a minute: it should be less then.") if now - since >= SLOW else ok(seen)
    )


def check_channels(asking: Asking) -> Iterator[Finding]:
    found = [*of_hold(), *of_budgets(timezone.now()), *of_breakers()]
    yield from found or [ok("No channel is stopped.")]


def of_hold() -> Iterator[Finding]:
    if hold := Hold.objects.first():
        yield failure(
            f"Nothing leaves by any channel: this site was restored on {hold.since:%Y-%m-%d %H:%M} UTC.",
            "Say what becomes of what waited then: manage.py release_held, or with --discard.",
        )


def of_budgets(now: datetime) -> Iterator[Finding]:
    for one in budget.standings(now):
        if one.used >= budget.allowed(one.limit, Channel.leaves_tenths):
            yield warning(
                f"{one.used} of the {one.limit} messages by {one.far_end} that may leave within "
                f"{one.seconds // 3600} h have left: what is not urgent waits.",
                "It comes later, as one message to each person. If the provider takes more, say so by "
                "NOTIFICATION_MAIL_PER_HOUR and NOTIFICATION_MAIL_PER_DAY.",
            )


def of_breakers() -> Iterator[Finding]:
    for breaker in Breaker.objects.filter(opened_at__isnull=False):
        whose = "this site must be set right" if breaker.is_our_fault else "the other side is away"
        yield failure(
            f"Nothing is sent by {breaker.channel} since {breaker.opened_at:%Y-%m-%d %H:%M} UTC, {whose}: "
            f"{breaker.last_error}",
            "Mend what it says; within half a minute one is tried, and the rest follows.",
        )
