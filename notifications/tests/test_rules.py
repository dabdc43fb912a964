"""What was chosen narrowly holds at every stage, from the event to the hand-over, and its reason is kept."""

from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.models import Block, Delivery, Event, Notification, PresetChoice, Rule
from notifications.outbox import pipeline
from notifications.outgoing import sending

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def _nothing_runs_by_itself(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"


def expand() -> None:
    while pipeline.expand_next():
        pass


def send() -> None:
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass


def choose(stage: str, user: User, blocked: User, group: Group, post: Post) -> None:
    fields: dict[str, Any] = {
        "place": {"place_id": group.pk, "level": "muted"},
        "thread": {"target_type": "post", "target_id": post.pk, "level": "muted"},
        "kind": {"type": "MENTION", "in_app": False, "email": False},
    }
    if stage == "block":
        Block.objects.create(user=user, blocked=blocked)
    else:
        Rule.objects.create(user=user, scope=stage, **fields[stage])


CHOICES = [("place", "muted"), ("thread", "muted"), ("kind", "opted_out"), ("block", "blocked")]


@pytest.mark.parametrize(("choice", "outcome"), CHOICES)
def test_chosen_while_the_event_waits(
    private_post: Post, group: Group, alice: User, bob: User, choice: str, outcome: str
) -> None:
    pipeline.drain()
    actions.comment(alice, private_post, "What does @bob say?")
    choose(choice, bob, alice, group, private_post)
    expand()

    event = Event.objects.get(recipient=bob, kind="MENTION")
    assert (event.outcome, event.mail) == (outcome, outcome)
    assert event.decided_by == event.mail_by == choice
    assert not Notification.objects.filter(kind="MENTION").exists()
    assert not Delivery.objects.filter(event_id=event.pk).exists()


@pytest.mark.parametrize(("choice", "reason"), CHOICES)
def test_chosen_while_the_mail_waits(
    private_post: Post, group: Group, alice: User, bob: User, choice: str, reason: str, mailoutbox: list[Any]
) -> None:
    pipeline.drain()
    mailoutbox.clear()
    actions.comment(alice, private_post, "What does @bob say?")
    expand()
    choose(choice, bob, alice, group, private_post)
    send()

    delivery = Delivery.objects.latest("pk")
    assert (delivery.state, delivery.reason) == ("skipped", reason)
    assert mailoutbox == []


def test_what_let_it_in_is_kept_with_it(post: Post, alice: User, bob: User) -> None:
    PresetChoice.objects.create(user=alice, preset="quiet")
    Rule.objects.create(user=alice, scope="kind", type="LIKE", email=True)
    actions.react(bob, post)
    expand()

    assert Notification.objects.get().decided_by == "preset"
    assert Delivery.objects.get().decided_by == "kind"
    event = Event.objects.get()
    assert (event.decided_by, event.mail_by) == ("preset", "kind")


def test_nobody_elses_choice_counts(post: Post, alice: User, bob: User, chloe: User) -> None:
    Rule.objects.create(user=chloe, scope="thread", target_type="post", target_id=post.pk, level="muted")
    Rule.objects.create(user=bob, scope="kind", type="LIKE", in_app=False, email=False)
    Block.objects.create(user=bob, blocked=alice)
    actions.react(bob, post)
    expand()

    assert Notification.objects.of(alice).count() == Delivery.objects.count() == 1
