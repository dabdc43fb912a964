"""The troubles that alerts are for, each made as it comes about and mended as a person would.

A story says twice whether what its alert looks at is so: with the trouble, and after it.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from accounts.models import User
from backups.recording import recorded
from community import actions
from community.models import Post
from notifications.channels.base import Answer, Result
from notifications.models import Delivery, Event, JobRun, TallyClock, Worker
from notifications.outbox import pipeline, workers
from notifications.outgoing import holding
from notifications.outgoing.breaker import Gate
from notifications.realtime import endpoint
from notifications.tests.scenes import a_like
from notifications.upkeep import operations, releasing, schedule, tallying
from notifications.upkeep.schedule import Job, no_rest

Labels = dict[str, str]


@dataclass
class Site:
    """As Prometheus sees it: a call is one scrape."""

    client: Client
    alice: User
    bob: User
    post: Post
    settings: Settings
    patched: pytest.MonkeyPatch

    def is_up(self) -> bool:
        self.client.raise_request_exception = False
        return self.client.get("/metrics").status_code == 200

    def operating(self) -> str:
        """The page of the administration."""
        User.objects.filter(pk=self.alice.pk).update(is_staff=True, is_superuser=True)
        browser = Client()
        browser.force_login(self.alice, backend="django.contrib.auth.backends.ModelBackend")
        return browser.get(reverse("admin:notifications_tally_changelist")).content.decode()

    def samples(self) -> list[tuple[str, Labels, float]]:
        families = text_string_to_metric_families(self.client.get("/metrics").content.decode())
        return [(one.name, one.labels, one.value) for family in families for one in family.samples]

    def __call__(self, metric: str, **labels: str) -> float:
        [value] = [value for name, has, value in self.samples() if name == metric and has == labels]
        return value


Story = Callable[[Site], Iterator[bool]]
STORIES: dict[str, Story] = {}


def story(told: Story) -> Story:
    """Of the alert that has its name."""
    STORIES["Belltower" + told.__name__.title().replace("_", "")] = told
    return told


@story
def down(site: Site) -> Iterator[bool]:
    def away(*_statement: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        yield not site.is_up()
    yield not site.is_up()


@story
def errors(site: Site) -> Iterator[bool]:
    def broken(*_args: object) -> None:
        raise RuntimeError

    browser, before = Client(raise_request_exception=False), site("belltower_errors_total")
    browser.force_login(site.bob, backend="django.contrib.auth.backends.ModelBackend")
    with site.patched.context() as patched:
        patched.setattr("community.models.posts.PostQuerySet.visible_to", broken)
        for _press in range(3):
            browser.get(f"/posts/{site.post.pk}/")
    yield site("belltower_errors_total") - before > 2
    before = site("belltower_errors_total")
    browser.get(f"/posts/{site.post.pk}/")
    browser.get("/posts/999999/")  # an error of theirs
    yield site("belltower_errors_total") - before > 0


@story
def nobody_works(site: Site) -> Iterator[bool]:
    site.settings.NOTIFICATION_EXECUTOR = "threads"
    silent = timezone.now() - workers.SILENCE - timedelta(seconds=1)
    Worker.objects.create(name="elsewhere", host="elsewhere", pid=1, beat_at=silent)
    yield site("belltower_workers_alive") == 0
    workers.register()
    yield site("belltower_workers_alive") == 0


@story
def late(site: Site) -> Iterator[bool]:
    site.settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none
    actions.react(site.bob, site.post)
    Event.objects.update(run_at=timezone.now() - timedelta(minutes=6))
    yield site("belltower_overdue_seconds", channel="in_app") > 300
    while pipeline.expand_next():
        pass
    a_like(site.alice, site.bob, site.post)
    Event.objects.update(state="pending", run_at=timezone.now() + timedelta(days=1))  # in good time
    yield site("belltower_overdue_seconds", channel="in_app") > 0


def _gate(*results: Result) -> None:
    for result in results:
        Gate("email").learn(Answer(result, "words"), timezone.now())


@story
def turned_away(site: Site) -> Iterator[bool]:
    _gate(Result.OURS)
    yield {site("belltower_breaker_our_fault", channel=name) for name in ("email", "bulk")} == {1}
    gate = Gate("email")
    gate.room(timezone.now() + timedelta(minutes=1))
    gate.learn(Answer(Result.SENT), timezone.now())
    yield site("belltower_breaker_our_fault", channel="email") == 1


@story
def far_end_away(site: Site) -> Iterator[bool]:
    _gate(*[Result.UNREACHABLE] * 5)
    yield (
        site("belltower_breaker_open", channel="email") == 1
        and site("belltower_breaker_our_fault", channel="email") == 0
    )
    gate = Gate("email")
    gate.room(timezone.now() + timedelta(minutes=1))
    gate.learn(Answer(Result.SENT), timezone.now())
    yield site("belltower_breaker_open", channel="email") == 1


@story
def dead_letters(site: Site) -> Iterator[bool]:
    _a_mail(site.alice, 1, "dead")
    a_like(site.alice, site.bob, site.post)
    Event.objects.update(state="dead", outcome="failed")
    yield site("belltower_deliveries", state="dead") == site("belltower_events_dead") == 1
    operations.discard_deliveries(Delivery.objects.all())
    operations.discard_events(Event.objects.all())
    yield site("belltower_deliveries", state="dead") + site("belltower_events_dead") > 0


def _a_mail(recipient: User, number: int, state: str) -> None:
    a_while_ago = timezone.now() - timedelta(minutes=number)
    Delivery.objects.create(
        event_id=number,
        recipient=recipient,
        channel="email",
        group_key="x",
        state=state,
        ended_at=a_while_ago,
    )


@story
def refused(site: Site) -> Iterator[bool]:
    def ended(state: str) -> float:
        tallying.count_on(timezone.now())
        return site("belltower_deliveries_ended_total", channel="email", state=state)

    assert ended("failed") == 0
    for number in range(11):
        _a_mail(site.alice, 10 + number, "failed")
    _a_mail(site.alice, 2, "sent")
    TallyClock.objects.update(until=timezone.now() - timedelta(hours=1))
    yield ended("failed") > 10 and ended("sent") == 1
    before = ended("failed")
    yield ended("failed") > before


@story
def job_not_done(site: Site) -> Iterator[bool]:
    def work(run: JobRun, rest: object) -> bool:
        raise ZeroDivisionError

    def read(figure: str) -> float:
        return site(f"belltower_job_{figure}", name="count")

    def is_late() -> bool:
        since = timezone.now().timestamp() - read("last_success_timestamp_seconds")
        return since > 1.1 * read("interval_seconds") + 900

    site.settings.NOTIFICATION_EXECUTOR = "threads"
    now, hour = timezone.now(), timedelta(hours=1)
    job = Job("count", "counts", hour, work)  # type: ignore[arg-type] # a lazy text
    site.patched.setattr(schedule, "_jobs", {"count": job})
    JobRun.objects.create(job="count", due_at=now - 3 * hour, ended_at=now - 3 * hour)
    schedule.run_due("one")
    yield read("failing") == 1 and is_late()
    schedule.register(replace(job, work=lambda run, rest: False))
    schedule.run_due("one", now=now + hour)
    yield read("failing") == 1 or is_late()


@story
def backup_old(site: Site) -> Iterator[bool]:
    def age() -> float:
        return timezone.now().timestamp() - site("belltower_backup_last_success_timestamp_seconds")

    with recorded():
        pass
    JobRun.objects.update(ended_at=timezone.now() - timedelta(days=2, minutes=1))
    with pytest.raises(OSError, match="no room"), recorded():  # which is no backup
        raise OSError("no room")
    yield age() > 2 * 86400
    with recorded():
        pass
    yield age() > 60


@story
def held(site: Site) -> Iterator[bool]:
    with connection.cursor() as cursor:
        for statement in holding.statements(timezone.now(), vendor=connection.vendor):
            cursor.execute(statement)
    yield site("belltower_held") == 1
    releasing.release(discards=False, rest=no_rest)
    yield site("belltower_held") == 1


@story
def queue_without_worker(site: Site) -> Iterator[bool]:
    site.settings.NOTIFICATION_EXECUTOR = "celery"
    workers.register(["email"])
    workers.register(is_reserve=True)  # a serving process that stands in
    yield site("belltower_queues_without_worker") > 0
    workers.register()
    yield site("belltower_queues_without_worker") > 0


@story
def streams_full(site: Site) -> Iterator[bool]:
    async def send(message: object) -> None:
        """To nobody."""

    before = site("belltower_streams_refused_total", status="503")
    for _browser in range(11):
        asyncio.run(endpoint._refuse(send, endpoint._unavailable(), "request-1"))
    yield site("belltower_streams_refused_total", status="503") - before > 10
    before = site("belltower_streams_refused_total", status="503")
    yield site("belltower_streams_refused_total", status="503") - before > 0
