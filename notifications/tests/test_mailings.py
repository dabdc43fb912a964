"""Mail to addresses: each gets one; it is paused, stopped and resumed; and nobody waits behind it."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from notifications import kinds
from notifications.channels.base import Answer, Result
from notifications.mailings import Copy
from notifications.models import Delivery, Event, Notification
from notifications.outbox import pipeline
from notifications.outbox.audience import expand_chunk
from notifications.outgoing.breaker import FAILURES, Gate
from notifications.outgoing.sending import Lane
from notifications.service import NotificationService
from notifications.transactions import acting, dispatching
from notifications.upkeep.audit import undead_deliveries
from notifications.upkeep.operations import requeue_events

from . import letters as made_up
from .letters import Letters

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
Reason, State = Delivery.Reason, Delivery.State


@pytest.fixture
def letters(settings: Settings) -> Iterator[Letters]:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain
    kind = Letters([Copy(number, f"reader{number}@example.com") for number in range(1, 8)])
    kinds.register(kind)
    yield kind
    del kinds._mailings[kind.type]


def sent_to() -> Counter[str]:
    return Counter(message.to[0] for message in mail.outbox)


def expand(event: Event, chunk: int) -> bool:
    with dispatching():
        return expand_chunk(event.pk, chunk=chunk)


def test_each_address_gets_one_and_no_inbox_does(letters: Letters) -> None:
    event = made_up.post(letters)
    pipeline.drain()
    event.refresh_from_db()
    assert (event.outcome, event.told) == (Event.Outcome.EXPANDED, 7)
    assert sent_to() == Counter(copy.address for copy in letters.all)
    assert not Notification.objects.exists()
    assert letters not in kinds.all_kinds()


def test_it_goes_on_from_chunk_to_chunk_and_begun_anew_doubles_nobody(letters: Letters) -> None:
    event = made_up.post(letters)
    assert [expand(event, chunk=3) for _ in range(3)] == [True, True, False]
    assert Delivery.objects.count() == 7
    requeue_events(Event.objects.all())
    pipeline.drain()
    assert set(sent_to().values()) == {1}


def test_two_ways_to_one_address_are_one_mail_also_where_the_first_was_left_out(letters: Letters) -> None:
    letters.all = [
        Copy(1, "same@example.com", None, Reason.UNPROVEN),
        Copy(2, "left@example.com", None, Reason.NO_ADDRESS),
        Copy(3, "same@example.com"),
        Copy(4, "same@example.com"),
    ]
    event = made_up.post(letters)
    while expand(event, chunk=1):
        pass
    pipeline.drain()
    assert sent_to() == {"same@example.com": 1}
    assert Delivery.objects.get(address="left@example.com").reason == Reason.NO_ADDRESS


def test_whoever_ended_it_meanwhile_gets_none(letters: Letters) -> None:
    expand(made_up.post(letters), chunk=100)
    letters.gone = {"reader3@example.com"}
    pipeline.drain()
    assert len(mail.outbox) == 6
    assert Delivery.objects.get(address="reader3@example.com").reason == Reason.OPTED_OUT


def test_paused_nothing_leaves_and_resumed_it_goes_on(letters: Letters) -> None:
    event = made_up.post(letters)
    expand(event, chunk=100)
    with Lane("", "bulk") as lane:
        assert [lane.send_next() for _ in range(3)] == [True] * 3
        with acting():
            NotificationService.pause(Event.objects.filter(pk=event.pk))
        while lane.send_next():  # the lane had looked at all seven
            pass
    assert len(mail.outbox) == 3
    Delivery.objects.update(created_at=timezone.now() - timedelta(days=30))
    Delivery.objects.filter(state=State.PENDING).update(due_at=timezone.now() - timedelta(days=20))
    assert undead_deliveries(timezone.now()) == 0, "it waits on purpose"
    with acting():
        NotificationService.resume(Event.objects.filter(pk=event.pk))
    pipeline.drain()
    assert set(sent_to().values()) == {1}
    assert len(mail.outbox) == 7


def test_stopped_nobody_more_gets_it(letters: Letters) -> None:
    event = made_up.post(letters)
    expand(event, chunk=100)
    with Lane("", "bulk") as lane:
        lane.send_next()
    with acting():
        NotificationService.stop(Event.objects.filter(pk=event.pk))
    pipeline.drain()
    assert len(mail.outbox) == 1
    assert Delivery.objects.filter(state=State.SKIPPED, reason=Reason.STOPPED).count() == 6


def test_a_mail_about_a_person_does_not_wait_behind_it(letters: Letters, bob: User, post: Post) -> None:
    expand(made_up.post(letters), chunk=100)
    actions.react(bob, post)
    while pipeline.expand_next():
        pass
    with Lane("") as lane:
        assert lane.send_next()
    assert sent_to() == {"alice@example.com": 1}


def test_a_mail_server_that_is_away_is_away_for_both_lanes(letters: Letters) -> None:
    made_up.post(letters)
    now = timezone.now()
    gate = Gate("email")
    for _ in range(FAILURES):
        gate.learn(Answer(Result.UNREACHABLE), now)
    pipeline.drain()
    assert mail.outbox == []
