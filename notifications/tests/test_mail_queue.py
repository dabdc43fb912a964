"""Who goes first, and how fast one domain is spoken to."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from conftest import MakeUser
from notifications.channels.email import EmailChannel
from notifications.models import Delivery
from notifications.outbox import pipeline
from notifications.outgoing.pacer import Pacer
from notifications.outgoing.queue import Queue

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
SECOND = timedelta(seconds=1)
Wait = Callable[..., None]


@pytest.fixture
def wait(make_user: MakeUser) -> Wait:
    """Mails that wait for so many people of a domain."""

    def wait(count: int, domain: str, *, is_urgent: bool = False) -> None:
        now = timezone.now()
        start = User.objects.count()
        people = User.objects.bulk_create(
            User(username=f"p{start + number}", email=f"p{start + number}@{domain}")
            for number in range(count)
        )
        Delivery.objects.bulk_create(
            Delivery(event_id=person.pk, recipient=person, channel="email", due_at=now, is_urgent=is_urgent)
            for person in people
        )

    return wait


def leaving(queue: Queue, now: datetime) -> list[str]:
    """The domains of what a lane would send now."""
    taken = []
    while queue.look(now):
        taken.append(queue.take())
    emails = dict(Delivery.objects.values_list("pk", "recipient__email"))
    return [emails[pk or 0].split("@")[1] for pk in taken]


def test_one_domain_gets_its_share_of_a_second_and_others_pass_it(wait: Wait, settings: Settings) -> None:
    settings.NOTIFICATION_MAIL_PER_DOMAIN = 4
    wait(120, "large.example")
    wait(3, "small.example")
    queue, now = Queue(EmailChannel), timezone.now()

    assert sorted(leaving(queue, now)) == ["large.example"] * 4 + ["small.example"] * 3
    for seconds in range(1, 30):
        assert leaving(queue, now + seconds * SECOND) == ["large.example"] * 4
    assert not queue.look(now + 31 * SECOND)


def test_what_needs_its_person_goes_first_and_waits_for_no_share(wait: Wait, settings: Settings) -> None:
    settings.NOTIFICATION_MAIL_PER_DOMAIN = 4
    wait(20, "large.example")
    wait(9, "large.example", is_urgent=True)
    queue, now = Queue(EmailChannel), timezone.now()
    first: set[int | None] = set()
    while queue.look(now) and len(first) < 9:
        first.add(queue.take())

    assert first == set(Delivery.objects.filter(is_urgent=True).values_list("pk", flat=True))
    assert leaving(queue, now) == []  # they had more than the share of this second


def test_two_lanes_never_have_the_same_in_hand(wait: Wait) -> None:
    wait(3, "small.example")
    queue, now = Queue(EmailChannel), timezone.now()
    queue.look(now)
    first = queue.take()
    queue.forget()
    others = leaving(queue, now)

    assert len(others) == 2
    queue.let_go(first or 0)
    queue.look(now)
    assert queue.take() == first


def test_a_pacer_spreads_what_is_too_much() -> None:
    now, pacer = timezone.now(), Pacer(2)

    def may(domain: str, at: datetime, *, has_waited: bool = False) -> bool:
        return pacer.may_leave(domain, at, has_waited=has_waited, is_urgent=False)

    assert [may("a.example", now) for _ in range(3)] == [True, True, False]
    moments = [pacer.moment("a.example", now) - now for _ in range(3)]
    assert [round(moment.total_seconds(), 3) for moment in moments] == [0.5, 1, 1.5]
    assert not may("a.example", now + SECOND)  # others have waited longer
    assert may("a.example", now + SECOND, has_waited=True)
    assert may("b.example", now)
    assert [may("a.example", now + timedelta(hours=1)) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("per_second", [0.3, 1, 7, 20, 30])
def test_whoever_comes_at_its_moment_leaves(per_second: float) -> None:
    now, pacer = timezone.now(), Pacer(per_second)
    while pacer.may_leave("a.example", now, has_waited=False, is_urgent=False):
        pass
    moments = [pacer.moment("a.example", now) for _ in range(2000)]

    assert all(pacer.may_leave("a.example", at, has_waited=True, is_urgent=False) for at in moments)


def test_mail_that_needs_its_person_or_is_of_their_account_is_urgent(
    post: Post, alice: User, bob: User, settings: Settings
) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"
    settings.NOTIFICATION_MAIL_PER_DOMAIN = 1
    actions.react(bob, post)
    actions.comment(bob, post, "Hello @alice")
    while pipeline.expand_next():
        pass

    assert sorted(Delivery.objects.values_list("is_urgent", flat=True)) == [False, True]
    pipeline.drain()  # which knows no pace: it is to empty the queue
    assert not Delivery.objects.filter(state="pending").exists()
