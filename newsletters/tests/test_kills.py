"""SIGKILL in the middle of a run, again and again: nobody is left out, only who was at hand gets a second."""

import os
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from newsletters import actions
from newsletters.models import Edition, Subscriber
from newsletters.segments import reach_of
from newsletters.standing import standing_of
from notifications.models import Delivery
from notifications.outbox import audience, pipeline, workers
from notifications.tests.smtp_server import SmtpServer
from notifications.tests.test_crash_points import killed_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases, pytest.mark.chaos]
READERS = 400 if os.environ.get("CHAOS") == "full" else 12
# On the way of a run; at the last two a mail is out, and nobody knows.
POINTS = [
    "before the event", "after the event", "in the middle of a chunk", "before the commit of the batch",
    "before the hand-over is committed", "before the hand-over", "after the hand-over",
    "before its end is committed",
]  # fmt: skip
IN_DOUBT = {"after the hand-over", "before its end is committed"}


@pytest.fixture
def smtp(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.NOTIFICATION_REPEAT_SECONDS = 0
    monkeypatch.setattr(audience.expand_chunk, "__kwdefaults__", {"chunk": READERS // 4})
    with SmtpServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def test_a_run_survives_them_all(alice: User, smtp: SmtpServer, draft: Callable[[], Edition]) -> None:
    Subscriber.objects.bulk_create(
        Subscriber(address=f"reader{number}@example.com", source="form", confirmed_at=timezone.now())
        for number in range(READERS)
    )
    edition = draft()
    promised = reach_of(edition).addresses

    def run() -> None:
        actions.send(alice, edition)  # the page is sent again by whoever saw no answer
        me = workers.register()
        workers.bury_the_dead(me)
        pipeline.drain(me)
        workers.leave(me)

    kills = [point for point in POINTS if killed_at(point, run)]
    run()
    assert kills == POINTS
    copies = Counter(str(message["To"]) for message in smtp.messages)
    ids = {message["Message-ID"] for message in smtp.messages}
    assert len(copies) == len(ids) == promised == READERS
    assert max(copies.values()) <= 2
    assert len(smtp.messages) - READERS <= len(IN_DOUBT)
    standing = standing_of(Edition.objects.get())
    # Two kills that met the same copy leave it as perhaps sent: it is not handed over a third time.
    assert standing.sent + standing.failed == READERS
    assert standing.failed <= len(IN_DOUBT)
    assert Delivery.objects.count() == READERS
