"""What is wrong with the engine at this moment, in a sentence each, with what helps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import channels
from ..channels.base import Channel
from ..models import Breaker, Hold, Worker
from ..outbox.workers import SILENCE, unserved
from ..outgoing import budget
from ..outgoing.budget import Standing
from . import schedule
from .waiting import Queue

OVERDUE = timedelta(minutes=5)
LATE_JOB = timedelta(minutes=5)  # beyond its time


@dataclass(frozen=True, slots=True)
class Concern:
    about: str  # hold, dispatcher, queue, budget, breaker, job; or what another app says
    what: str
    remedy: str


_of_others: list[Callable[[datetime], Iterator[Concern]]] = []


def register(concerns_of_an_app: Callable[[datetime], Iterator[Concern]]) -> None:
    """Each may ask one query."""
    _of_others.append(concerns_of_an_app)


def concerns(
    now: datetime,
    *,
    queues: list[Queue],
    workers: list[Worker],
    jobs: list[schedule.Health],
    budgets: list[Standing],
) -> Iterator[Concern]:
    """Of what was read already: asks for no more than breakers, Celery's workers, a hold, and other apps."""
    yield from _of_the_hold()
    if settings.NOTIFICATION_EXECUTOR != "inline":
        yield from _of_workers(workers, now)
        yield from _of_lanes()
        yield from _of_jobs(jobs, now)
    yield from _of_queues(queues)
    yield from _of_budgets(budgets)
    yield from _of_breakers()
    for others in _of_others:
        yield from others(now)


def _of_the_hold() -> Iterator[Concern]:
    if hold := Hold.objects.first():
        yield Concern(
            "hold",
            _("This site was restored on %(when)s: nothing leaves by any channel.")
            % {"when": f"{hold.since:%Y-%m-%d %H:%M} UTC"},
            _("Decide what becomes of what waited: manage.py release_held, or with --discard."),
        )


def _of_workers(workers: list[Worker], now: datetime) -> Iterator[Concern]:
    if not any(worker.beat_at > now - SILENCE for worker in workers):
        yield Concern(
            "dispatcher",
            _("No dispatcher is at work: nothing is told, and nothing is sent."),
            _("Start the site, or manage.py dispatch_notifications."),
        )


def _of_lanes() -> Iterator[Concern]:
    """Where Celery's workers should do it."""
    if settings.NOTIFICATION_EXECUTOR == "celery" and (lanes := unserved()):
        yield Concern(
            "dispatcher",
            _("No worker serves %(lanes)s: the processes that serve pages do its work.")
            % {"lanes": ", ".join(lanes)},
            _("Start celery -A myproject worker, or look at its -Q."),
        )


def _of_queues(queues: list[Queue]) -> Iterator[Concern]:
    for queue in queues:
        if queue.overdue > OVERDUE:
            words = {"lane": queue.label, "minutes": queue.overdue // timedelta(minutes=1)}
            yield Concern(
                "queue",
                _("%(lane)s: what is due longest has waited for %(minutes)s minutes.") % words,
                _("Look whether the dispatcher works and the far end answers; the log says what fails."),
            )


def _of_budgets(budgets: list[Standing]) -> Iterator[Concern]:
    for one in budgets:
        if one.used >= budget.allowed(one.limit, Channel.leaves_tenths):
            remedy = _(
                "Nothing is lost: it comes later, as one mail to each person. The provider may allow more."
            )
            words = {"used": one.used, "limit": one.limit, "hours": one.seconds // 3600}
            yield Concern(
                "budget",
                ngettext(
                    "%(used)s of the %(limit)s mails of an hour are used: what is not urgent waits.",
                    "%(used)s of the %(limit)s mails of %(hours)s hours are used: what is not urgent waits.",
                    one.seconds // 3600,
                )
                % words,
                remedy,
            )


def _of_breakers() -> Iterator[Concern]:
    in_use = {channel.far_end or channel.name: channel for channel in reversed(channels.in_use())}
    for breaker in Breaker.objects.filter(opened_at__isnull=False, pk__in=in_use):
        channel = in_use[breaker.channel]
        words = {"channel": channel.label, "error": breaker.last_error}
        if breaker.is_our_fault:
            yield Concern(
                "breaker",
                _("%(channel)s: nothing is sent, for this site is turned away: %(error)s") % words,
                _("Set it right and restart; the rest follows."),
            )
        else:
            yield Concern(
                "breaker",
                _("%(channel)s: nothing is sent, for the far end is away: %(error)s") % words,
                _("Nothing is lost. Within half a minute of its return everything follows."),
            )


def _of_jobs(jobs: list[schedule.Health], now: datetime) -> Iterator[Concern]:
    for health in jobs:
        run, name = health.run, health.job.name
        if run is not None and run.error:
            yield Concern(
                "job",
                _("The job “%(job)s” failed: %(error)s") % {"job": name, "error": run.error},
                _("It is tried again by itself; the log has the whole error."),
            )
        elif health.succeeded_at is not None and now - health.succeeded_at > health.job.every + LATE_JOB:
            yield Concern(
                "job",
                _("The job “%(job)s” is late: it last ended well on %(when)s.")
                % {"job": name, "when": f"{health.succeeded_at:%Y-%m-%d %H:%M} UTC"},
                _("Jobs are done by dispatchers: look whether one is at work."),
            )
