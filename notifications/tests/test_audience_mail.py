"""An audience may be mailed too: who wants it, once; whoever looks beforehand sees the same numbers."""

from datetime import timedelta
from itertools import product

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.engagement import POSTED_IN_GROUP
from community.models import Group, GroupMembership
from notifications.inbox import actions as inbox
from notifications.models import (
    Block,
    Delivery,
    Event,
    Frequency,
    Notification,
    NotificationPreference,
    Rule,
)
from notifications.outbox import pipeline
from notifications.outbox.audience import expand_chunk
from notifications.steering.choices import choices_of
from notifications.steering.preferences import decide
from notifications.steering.reaching import reach_of
from notifications.transactions import dispatching

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
WISHES = list(product((True, False), (True, False), (Frequency.INSTANT, Frequency.DAILY)))


@pytest.fixture(autouse=True)
def mailed(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain
    monkeypatch.setattr(type(POSTED_IN_GROUP), "mailed_by_default", True)


@pytest.fixture
def crowd(alice: User) -> Group:
    """A member for each combination of wishes, one without wishes and one without an address."""
    group = actions.create_group(alice, "Everybody")
    users = User.objects.bulk_create(
        User(username=f"m{n}", name=f"M {n}", email=f"m{n}@example.com") for n in range(len(WISHES) + 2)
    )
    User.objects.filter(username=f"m{len(WISHES) + 1}").update(email="")
    GroupMembership.objects.bulk_create([GroupMembership(group=group, user=user) for user in users])
    for user, (in_app, by_mail, frequency) in zip(users, WISHES, strict=False):
        NotificationPreference.objects.create(
            user=user, notification_type="community", in_app_enabled=in_app, email_enabled=by_mail,
            email_frequency=frequency,
        )  # fmt: skip
    return group


def told_and_mailed() -> tuple[set[int], set[int]]:
    told = Notification.objects.filter(kind="GROUP_POST").values_list("recipient_id", flat=True)
    return set(told), set(Delivery.objects.exclude(reason="summary").values_list("recipient_id", flat=True))


def left_to_summaries() -> set[int]:
    return set(Delivery.objects.filter(reason="summary").values_list("recipient_id", flat=True))


def test_an_audience_is_decided_like_one_person(crowd: Group, alice: User) -> None:
    post = actions.create_post(alice, "Hello all", group=crowd)
    while pipeline.expand_next():
        pass

    people = User.objects.filter(memberships__group=crowd).exclude(pk=alice.pk)
    event = Event.objects.get(kind="GROUP_POST")
    choices = choices_of([user.pk for user in people], event, POSTED_IN_GROUP)
    decisions = {user: decide(POSTED_IN_GROUP, choices[user.pk]) for user in people}
    told, mailed = told_and_mailed()
    assert told == {user.pk for user, decision in decisions.items() if decision.in_app}
    wanting = {user.pk for user, decision in decisions.items() if decision.mail == Event.Mail.QUEUED}
    assert mailed == wanting - {User.objects.get(email="").pk}
    later = {user.pk for user, decision in decisions.items() if decision.mail == Event.Mail.SUMMARY}
    assert left_to_summaries() == later
    event.refresh_from_db()
    assert (event.told, event.mail) == (len(told), Event.Mail.QUEUED)

    reach = reach_of(POSTED_IN_GROUP, post)
    assert (reach.people, reach.in_app, reach.mail_now) == (len(WISHES) + 2, len(told), len(mailed))
    assert (reach.mail_later, reach.mail_off, reach.no_address, reach.unreached) == (2, 4, 1, 2)
    assert len(reach.sample) == 8


def test_whoever_chose_something_narrower_is_counted_as_they_are_told(crowd: Group, alice: User) -> None:
    def rule(number: int, **fields: object) -> None:
        Rule.objects.create(user=User.objects.get(username=f"m{number}"), **fields)

    rule(0, scope="place", place_id=crowd.pk, level="muted")
    rule(2, scope="kind", type="GROUP_POST", email=True)
    rule(8, scope="kind", type="GROUP_POST", in_app=False, email=False)
    rule(9, scope="place", place_id=crowd.pk, level="watching")  # who has no address
    Block.objects.create(user=User.objects.get(username="m6"), blocked=alice)
    post = actions.create_post(alice, "Hello all", group=crowd)
    reach = reach_of(POSTED_IN_GROUP, post)
    while pipeline.expand_next():
        pass

    told, mailed = told_and_mailed()
    assert (reach.people, reach.in_app, reach.mail_now) == (len(WISHES) + 2, len(told), len(mailed))
    assert reach.mail_later == len(left_to_summaries())
    assert {user.username for user in User.objects.filter(pk__in=told)} == {"m1", "m2", "m3", "m9"}
    assert {user.username for user in User.objects.filter(pk__in=mailed)} == {"m2", "m4"}


def test_a_chunk_again_mails_nobody_again(crowd: Group, alice: User) -> None:
    actions.create_post(alice, "Hello all", group=crowd)
    event = Event.objects.get(kind="GROUP_POST")
    for _ in range(2):
        while True:
            with dispatching():
                if not expand_chunk(event.pk, chunk=3):
                    break
        pipeline.drain()
        Event.objects.filter(pk=event.pk).update(state="pending", cursor=0)

    assert len(mail.outbox) == len({message.to[0] for message in mail.outbox}) == 3


def test_reading_in_the_app_cancels_the_mail(crowd: Group, alice: User) -> None:
    actions.create_post(alice, "Hello all", group=crowd)
    while pipeline.expand_next():
        pass
    reader = User.objects.get(username=f"m{len(WISHES)}")
    inbox.mark_all_read(reader)
    pipeline.drain()

    assert Delivery.objects.get(recipient=reader).reason == Delivery.Reason.READ


def test_old_news_is_mailed_to_nobody(crowd: Group, alice: User) -> None:
    actions.create_post(alice, "Hello all", group=crowd)
    Event.objects.filter(kind="GROUP_POST").update(created_at=timezone.now() - timedelta(days=5))
    pipeline.drain()

    assert Event.objects.get(kind="GROUP_POST").mail == Event.Mail.EXPIRED
    assert not Delivery.objects.exists()
