"""One fact for many: in chunks, everybody once, nobody who opted out."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, GroupMembership, Post
from notifications.models import (
    Block,
    Delivery,
    Event,
    Notification,
    NotificationPreference,
    PresetChoice,
    Rule,
)
from notifications.outbox import pipeline
from notifications.outbox.audience import expand_chunk
from notifications.transactions import dispatching

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
MEMBERS = 25


@pytest.fixture
def members(alice: User, settings: Settings) -> list[User]:
    settings.NOTIFICATION_EXECUTOR = "threads"
    return User.objects.bulk_create(
        [User(username=f"m{n}", name=f"M {n}", email=f"m{n}@example.com") for n in range(MEMBERS)]
    )


@pytest.fixture
def crowd(alice: User, members: list[User]) -> Group:
    group = actions.create_group(alice, "Everybody")
    GroupMembership.objects.bulk_create([GroupMembership(group=group, user=user) for user in members])
    return group


def chunk(event: Event, size: int) -> bool:
    with dispatching():
        return expand_chunk(event.pk, chunk=size)


def test_everybody_but_the_author_is_told_once(crowd: Group, alice: User, members: list[User]) -> None:
    actions.create_post(alice, "Hello all", group=crowd)
    pipeline.drain()

    told = Notification.objects.filter(kind="GROUP_POST").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted(user.pk for user in members)
    assert Event.objects.get(kind="GROUP_POST").outcome == Event.Outcome.EXPANDED


def test_those_who_opted_out_are_left_out(crowd: Group, alice: User, members: list[User]) -> None:
    for user in members[:5]:
        NotificationPreference.objects.create(user=user, notification_type="community", in_app_enabled=False)
    NotificationPreference.objects.create(user=members[6], notification_type="account", in_app_enabled=False)
    actions.create_post(alice, "Hello all", group=crowd)
    pipeline.drain()

    assert Notification.objects.filter(kind="GROUP_POST").count() == MEMBERS - 5


def test_each_choice_has_its_say(crowd: Group, alice: User, members: list[User]) -> None:
    def rule(user: User, scope: str, **fields: Any) -> None:
        Rule.objects.create(user=user, scope=scope, **fields)

    muted, watching, off, mail, by_mail_only, blocking, quiet, everything, elsewhere = members[:9]
    rule(muted, "place", place_id=crowd.pk, level="muted")
    rule(watching, "place", place_id=crowd.pk, level="watching")
    rule(off, "kind", type="GROUP_POST", in_app=False)
    rule(mail, "kind", type="GROUP_POST", email=True)
    rule(by_mail_only, "kind", type="GROUP_POST", in_app=False, email=True)
    rule(elsewhere, "place", place_id=crowd.pk + 1, level="muted")
    rule(elsewhere, "kind", type="LIKE", in_app=False)
    Block.objects.create(user=blocking, blocked=alice)
    Block.objects.create(user=alice, blocked=elsewhere)
    PresetChoice.objects.create(user=quiet, preset="quiet")
    PresetChoice.objects.create(user=everything, preset="everything")
    actions.create_post(alice, "Hello all", group=crowd)
    while pipeline.expand_next():
        pass

    told = dict(Notification.objects.values_list("recipient", "decided_by"))
    assert set(told) == {user.pk for user in members} - {
        user.pk for user in (muted, off, by_mail_only, blocking, quiet)
    }
    assert {pk: by for pk, by in told.items() if by} == {watching.pk: "watch_place"}
    mailed = {d.recipient_id: d for d in Delivery.objects.all()}
    assert {pk: d.decided_by for pk, d in mailed.items()} == {
        watching.pk: "watch_place", mail.pk: "kind", by_mail_only.pk: "kind", everything.pk: "preset",
    }  # fmt: skip
    assert mailed[by_mail_only.pk].notification_id is None
    assert mailed[mail.pk].notification_id == Notification.objects.get(recipient=mail).pk


def test_chunks_resume_where_they_stopped_and_meet_whoever_is_still_there(
    crowd: Group, alice: User, members: list[User]
) -> None:
    actions.create_post(alice, "Hello all", group=crowd)
    event = Event.objects.get(kind="GROUP_POST")
    assert chunk(event, 10) is True
    actions.leave_group(members[-1], crowd)
    assert chunk(event, 10) is True
    assert chunk(event, 10) is False

    told = Notification.objects.filter(kind="GROUP_POST").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted(user.pk for user in members[:-1])


def test_a_chunk_that_fails_leaves_no_trace(crowd: Group, alice: User) -> None:
    actions.create_post(alice, "Hello all", group=crowd)
    event = Event.objects.get(kind="GROUP_POST")

    with pytest.raises(ZeroDivisionError), dispatching():  # noqa: PT012 - the failure comes after the chunk
        expand_chunk(event.pk, chunk=10)
        raise ZeroDivisionError

    event.refresh_from_db()
    assert event.cursor == 0
    assert not Notification.objects.filter(kind="GROUP_POST").exists()


def test_small_facts_do_not_wait_behind_a_large_audience(
    crowd: Group, alice: User, members: list[User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.outbox.audience.expand_chunk.__kwdefaults__", {"chunk": 10})
    post = actions.create_post(alice, "Hello all", group=crowd)
    actions.react(members[0], post)
    pipeline.expand_next()
    pipeline.expand_next()

    assert Event.objects.get(kind="LIKE").state == Event.State.DONE
    assert Event.objects.get(kind="GROUP_POST").state == Event.State.PENDING


def test_deleting_the_post_takes_it_from_every_inbox(crowd: Group, alice: User) -> None:
    post = actions.create_post(alice, "Hello all", group=crowd)
    pipeline.drain()
    actions.delete_post(alice, Post.objects.get(pk=post.pk))

    assert not Notification.objects.filter(kind="GROUP_POST").exists()


def test_whoever_is_mentioned_hears_of_it_once(crowd: Group, alice: User) -> None:
    actions.create_post(alice, "Hello @m3", group=crowd)
    pipeline.drain()

    kinds = Notification.objects.filter(recipient__username="m3").values_list("kind", flat=True)
    assert list(kinds) == ["MENTION"]


def test_a_chunk_takes_as_many_statements_for_ten_as_for_twenty(
    crowd: Group, alice: User, members: list[User]
) -> None:
    for user in members:  # each chunk has people who are told at once, and people who are decided about
        if user.pk % 2:
            Rule.objects.create(user=user, scope="place", place_id=crowd.pk, level="watching")
    actions.create_post(alice, "Hello all", group=crowd)
    event = Event.objects.get(kind="GROUP_POST")
    counts = []
    for size in (2, 20):
        with CaptureQueriesContext(connection) as captured:
            chunk(event, size)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 15
