"""What happens in a group is told to its webhooks: signed, by the schedule, as long as somebody may."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions as community
from community.models import Group, GroupMembership, Post
from notifications.models import Event, Notification
from notifications.outbox import pipeline
from notifications.service import NotificationService
from notifications.upkeep import schedule
from testing.http_server import FarEnd, Request, babbles, drips, hangs, hangs_up, pours
from webhooks import actions, pruning, sending
from webhooks.models import Call, Webhook

pytestmark = pytest.mark.django_db
both = pytest.mark.both_databases


def verified(request: Request, *secrets: str) -> dict[str, Any]:
    """As docs/webhooks.md says, with each of these secrets."""
    message_id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    assert "." not in message_id
    assert abs(int(timestamp) - timezone.now().timestamp()) < 300
    signed = f"{message_id}.{timestamp}.".encode() + request.body
    given = [each.removeprefix("v1,") for each in request.headers["webhook-signature"].split(" ")]
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        assert len(key) == 32
        assert base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() in given
    said: dict[str, Any] = json.loads(request.body)
    return said


def due_now() -> None:
    """The time of waiting is over."""
    Call.objects.open().update(due_at=timezone.now())
    Webhook.objects.update(wait_until=None)
    pipeline.drain()


def state() -> str:
    return Call.objects.get().state


@both
def test_a_post_is_told(webhook: Webhook, program: FarEnd, alice: User, group: Group) -> None:
    post = community.create_post(alice, "From *nine*.", title="No water", group=group)
    pipeline.drain()

    [request] = program.requests
    assert request.path == "/hook?key=1"
    assert request.headers["content-type"] == "application/json"
    said = verified(request, webhook.secret)
    assert (said["type"], said["timestamp"][:10]) == ("post.created", f"{post.created_at:%Y-%m-%d}")
    assert said["data"] == {
        "group": {"id": group.pk, "is_private": True, "slug": group.slug, "name": group.name},
        "post": {
            "id": post.pk,
            "url": f"http://localhost:8000/posts/{post.pk}/",
            "title": "No water",
            "content": "From *nine*.",
            "is_cut": False,
            "author": {"username": "alice", "name": "Alice"},
            "created_at": said["timestamp"],
        },
    }
    assert state() == "taken"


def test_a_comment_and_somebody_who_joins_are_told(
    webhook: Webhook, program: FarEnd, alice: User, chloe: User, group: Group
) -> None:
    post = community.create_post(alice, "From nine.", group=group)
    comment = community.comment(alice, post, "To noon.")
    community.accept_request(alice, community.join_group(chloe, group))
    pipeline.drain()

    said = {(body := verified(request, webhook.secret))["type"]: body["data"] for request in program.requests}
    assert said["comment.created"]["comment"]["content"] == "To noon."
    assert said["comment.created"]["comment"]["id"] == comment.pk
    assert said["comment.created"]["post"]["id"] == post.pk
    assert said["member.joined"]["member"] == {"username": "chloe", "name": "Chloe"}


def test_who_asks_to_join_has_not_joined(webhook: Webhook, chloe: User, group: Group) -> None:
    community.join_group(chloe, group)
    assert not Call.objects.exists()


def test_a_group_that_keeps_its_words_keeps_them(
    webhook: Webhook, program: FarEnd, alice: User, chloe: User, group: Group
) -> None:
    Group.objects.update(words_in_mail=False)
    post = community.create_post(alice, "The boiler", title="Secret", group=group)
    community.comment(alice, post, "The cellar")
    community.accept_request(alice, community.join_group(chloe, group))
    pipeline.drain()

    said = [verified(request, webhook.secret) for request in program.requests]
    assert sorted(each["type"] for each in said) == ["comment.created", "member.joined", "post.created"]
    for word in ("boiler", "Secret", "cellar", "Alice", "Chloe", "tenants", "Tenants"):
        assert word not in str(said)


def test_it_hears_of_what_it_wants_in_its_group_alone(
    webhook: Webhook, alice: User, group: Group, post: Post
) -> None:
    Webhook.objects.update(events=["comment.created"])
    theirs = community.create_post(alice, "x", group=group)
    community.comment(alice, post, "Elsewhere")
    community.comment(alice, theirs, "Here")
    assert [call.event for call in Call.objects.all()] == ["comment.created"]


def test_an_import_says_nothing(webhook: Webhook, alice: User, group: Group) -> None:
    with NotificationService.silenced():
        community.create_post(alice, "Long ago", group=group)
    assert not Call.objects.exists()


def test_where_nobody_listens_an_action_costs_one_query(
    alice: User, group: Group, count_queries: Any, program: FarEnd
) -> None:
    def write() -> None:
        community.create_post(alice, f"Number {Post.objects.count()}", group=group)

    write()
    silent = count_queries(write)
    for number in range(3):
        actions.add(alice, group, url=f"{program.url}/{number}", events=["post.created"])
    assert count_queries(write) == silent + 1  # one INSERT for all of them


def test_what_is_gone_when_it_would_be_sent_is_not(
    webhook: Webhook, program: FarEnd, alice: User, group: Group
) -> None:
    community.delete_post(alice, community.create_post(alice, "Oh no", group=group))
    pipeline.drain()
    assert (state(), program.requests) == ("skipped", [])


@pytest.mark.parametrize(
    ("answer", "ends"),
    [
        (200, "taken"), (204, "taken"), (pours, "taken"), (301, "pending"), (400, "pending"),
        (404, "pending"),
        (410, "failed"), (413, "pending"), (429, "pending"), (500, "pending"), (hangs, "pending"),
        (hangs_up, "pending"), (babbles, "pending"), (drips, "pending"),
    ],
)  # fmt: skip
def test_each_answer_has_its_end(
    webhook: Webhook, program: FarEnd, alice: User, answer: Any, ends: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SECONDS", 0.2)
    program.will(answer)
    actions.test(alice, webhook)
    pipeline.drain()
    assert state() == ends
    assert len(program.requests) == 1


def test_it_is_told_again_under_the_same_id_and_a_new_time(
    webhook: Webhook, program: FarEnd, alice: User
) -> None:
    program.will(500, 200)
    actions.test(alice, webhook)
    pipeline.drain()
    waiting = Call.objects.get()
    assert timedelta(seconds=40) < waiting.due_at - timezone.now() < timedelta(seconds=80)
    webhook.refresh_from_db()
    assert (webhook.failures, webhook.failing_since is not None) == (1, True)

    due_now()
    first, second = program.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    webhook.refresh_from_db()
    assert (state(), webhook.failures, webhook.failing_since) == ("taken", 0, None)


@both
def test_one_that_fails_rests_and_no_other_waits_for_it(
    webhook: Webhook, program: FarEnd, alice: User, group: Group
) -> None:
    program.will((503, {"Retry-After": "3600"}))
    actions.test(alice, webhook)
    pipeline.drain()
    program.requests.clear()
    program.will(200)
    actions.add(alice, group, url=f"{program.url}/other", events=["post.created"])
    for number in range(3):
        community.create_post(alice, f"Number {number}", group=group)
    pipeline.drain()

    assert [request.path for request in program.requests] == ["/other", "/other", "/other"]
    webhook.refresh_from_db()
    assert webhook.wait_until is not None
    assert webhook.wait_until > timezone.now() + timedelta(minutes=55)


def test_what_nobody_takes_is_given_up(
    webhook: Webhook, program: FarEnd, alice: User, settings: Settings
) -> None:
    settings.NOTIFICATION_RETRY_SECONDS = [1, 1]
    program.will(500)
    actions.test(alice, webhook)
    for _time in range(5):
        due_now()
    assert (state(), len(program.requests)) == ("failed", 3)


@both
def test_one_whose_sender_died_is_told_again_and_not_for_ever(
    webhook: Webhook, program: FarEnd, alice: User, settings: Settings
) -> None:
    actions.test(alice, webhook)
    died = timezone.now() - timedelta(seconds=1)
    Call.objects.update(state="sending", tries=1, due_at=died)
    pipeline.drain()
    assert (state(), len(program.requests)) == ("taken", 1)

    Call.objects.update(state="sending", tries=9, due_at=died)
    pipeline.drain()
    assert (state(), len(program.requests)) == ("failed", 1)


@both
def test_410_stops_it_and_its_keeper_is_told(
    webhook: Webhook, program: FarEnd, alice: User, group: Group
) -> None:
    program.will(410)
    for number in range(2):
        community.create_post(alice, f"Number {number}", group=group)
    pipeline.drain()

    webhook.refresh_from_db()
    assert (webhook.state, webhook.reason) == ("stopped", "gone")
    assert len(program.requests) == 1
    assert sorted(call.state for call in Call.objects.all()) == ["failed", "skipped"]
    row = Notification.objects.get(kind="WEBHOOK_STOPPED", recipient=alice)

    actions.resume(alice, webhook)
    webhook.refresh_from_db()
    assert (webhook.state, webhook.reason) == ("on", "")
    assert not Notification.objects.unread().filter(pk=row.pk).exists()


def test_days_of_failure_stop_it(webhook: Webhook, program: FarEnd, alice: User) -> None:
    program.will(500)
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=3), failures=9)
    actions.test(alice, webhook)
    pipeline.drain()
    webhook.refresh_from_db()
    assert (webhook.state, webhook.reason) == ("stopped", "failing")
    assert Event.objects.filter(kind="WEBHOOK_STOPPED", recipient=alice).count() == 1


@pytest.mark.parametrize("how", ["left", "removed", "demoted", "deactivated", "deleted"])
def test_it_stops_when_its_keeper_has_no_right_any_more(
    webhook: Webhook, program: FarEnd, alice: User, bob: User, group: Group, how: str
) -> None:
    """Bob keeps it."""
    membership = GroupMembership.objects.get(group=group, user=bob)
    community.set_role(alice, membership, "moderator")
    Webhook.objects.update(keeper=bob)
    community.create_post(alice, "Just before", group=group)
    match how:
        case "left":
            community.leave_group(bob, group)
        case "removed":
            community.remove_member(alice, membership)
        case "demoted":
            community.set_role(alice, membership, "member")
        case "deactivated":
            User.objects.filter(pk=bob.pk).update(is_active=False)
        case _:
            bob.delete()
    pipeline.drain()

    webhook.refresh_from_db()
    assert (webhook.state, webhook.reason) == ("stopped", "no_right")
    assert program.requests == []
    assert state() == "skipped"


def test_a_group_that_goes_takes_its_webhooks_along(
    webhook: Webhook, program: FarEnd, alice: User, group: Group
) -> None:
    community.create_post(alice, "Just before", group=group)
    community.delete_group(alice, group)
    pipeline.drain()
    assert not Webhook.objects.exists()
    assert program.requests == []


def test_while_it_is_paused_nothing_is_collected(
    webhook: Webhook, program: FarEnd, alice: User, group: Group
) -> None:
    community.create_post(alice, "Before", group=group)
    actions.pause(alice, webhook)
    community.create_post(alice, "Meanwhile", group=group)
    actions.resume(alice, webhook)
    community.create_post(alice, "After", group=group)
    pipeline.drain()
    assert [verified(request, webhook.secret)["data"]["post"]["content"] for request in program.requests] == [
        "After"
    ]


def test_after_a_new_secret_the_old_one_signs_for_a_day(
    webhook: Webhook, program: FarEnd, alice: User
) -> None:
    old = webhook.secret
    actions.rotate(alice, webhook)
    webhook.refresh_from_db()
    assert webhook.secret != old
    actions.test(alice, webhook)
    pipeline.drain()
    verified(program.requests[0], webhook.secret, old)

    Webhook.objects.update(rotated_at=timezone.now() - timedelta(days=1))
    Call.objects.all().delete()
    actions.test(alice, Webhook.objects.get())
    pipeline.drain()
    verified(program.requests[1], webhook.secret)
    assert " " not in program.requests[1].headers["webhook-signature"]


def test_no_webhook_leads_into_the_house(
    webhook: Webhook, program: FarEnd, alice: User, settings: Settings
) -> None:
    settings.OUTBOUND_MAY_REACH = []
    actions.test(alice, webhook)
    pipeline.drain()
    assert (state(), program.requests) == ("pending", [])


@both
def test_ended_calls_go_after_a_month(webhook: Webhook, program: FarEnd, alice: User) -> None:
    actions.test(alice, webhook)
    pipeline.drain()
    assert schedule.get("webhooks") is pruning.JOB
    run = schedule.begin_by_hand("webhooks")
    assert not pruning.take_a_turn(run, schedule.no_rest)
    Call.objects.update(ended_at=timezone.now() - timedelta(days=31))
    assert not pruning.take_a_turn(run, schedule.no_rest)
    assert not Call.objects.exists()
