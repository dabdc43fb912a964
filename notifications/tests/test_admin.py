"""The administration: every table opens, logs are only read, and three things can be done by hand."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core import mail
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import Attempts, PhoneCode, TokenUse, User
from announcements.models import Announcement
from audit.models import Anchor, Entry
from community import actions
from community.models import Bookmark, Comment, Group, GroupMembership, Post, PostImage, PostReaction
from notifications.bouncing import suppressing
from notifications.models import (
    Attempt,
    Block,
    Bounce,
    Breaker,
    Budget,
    Category,
    Cause,
    Delivery,
    Event,
    Hold,
    IncomingMail,
    JobRun,
    Notification,
    NotificationPreference,
    PresetChoice,
    PushReceipt,
    PushSubscription,
    QuietHours,
    RevisionClock,
    Rule,
    SummaryTimes,
    Suppression,
    Tally,
    TallyClock,
    Worker,
)
from webhooks.models import Call, Webhook

from .scenes import likes

pytestmark = pytest.mark.django_db
told_at_once = pytest.mark.django_db(transaction=True)  # what is done is expanded and mailed on commit
Browse = Callable[[User], Client]
OURS = [
    User, Announcement, Attempts, PhoneCode, AuthToken, TokenUse, UserSession, Entry, Bookmark, Call,
    Comment, Group, GroupMembership, Post, PostImage, PostReaction, Webhook, Anchor,
    Attempt, Block, Bounce, Breaker, Budget, Delivery, Event, Hold, IncomingMail, JobRun, Notification,
    NotificationPreference, PresetChoice, PushReceipt, PushSubscription, QuietHours, RevisionClock, Rule,
    SummaryTimes, Suppression, Tally, TallyClock, Worker,
]  # fmt: skip
LOGS = [
    Entry, Event, Delivery, Attempt, Bounce, Breaker, Budget, Call, Hold, Notification, IncomingMail, JobRun,
    PushReceipt, RevisionClock, Suppression, Tally, TallyClock, Worker, Anchor,
]  # fmt: skip


def url(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def boss(alice: User, browse: Browse) -> Client:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    return browse(alice)


@pytest.fixture
def helper(bob: User, browse: Browse) -> Callable[..., Client]:
    """Bob as staff with these rights, such as "view_event"."""

    def helper(*rights: str) -> Client:
        bob.is_staff = True
        bob.save()
        bob.user_permissions.set(Permission.objects.filter(codename__in=rights))
        return browse(bob)

    return helper


@pytest.fixture
def one_of_each(
    alice: User, bob: User, group: Group, post: Post, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        comment = actions.comment(bob, post, "May I have three?")
        actions.comment(alice, post, "Four.", parent=comment)
        actions.react(bob, post)
        actions.bookmark(bob, post)
    PostImage.objects.create(post=post, file="posts/none.webp", width=1, height=1)
    AuthToken.objects.create(user=bob)
    Attempts.objects.create(key="a", action="login", moments="", expires_at=timezone.now())
    PhoneCode.objects.create(key="a", digest="b", guesses=1, expires_at=timezone.now())
    JobRun.objects.create(job="prune", due_at=timezone.now(), counts={"read": 3})
    Announcement.objects.create(author=bob, title="No water", content="x", audience="everybody")
    NotificationPreference.objects.create(user=bob, notification_type=Category.COMMUNITY)
    PresetChoice.objects.create(user=bob, preset="quiet")
    Rule.objects.create(user=bob, scope="kind", type="LIKE", email=False)
    Block.objects.create(user=bob, blocked=alice)
    QuietHours.objects.create(user=bob)
    SummaryTimes.objects.create(user=bob)
    suppressing.note("bob@example.com", Cause.NO_MAILBOX, key="1", source=Bounce.Source.REPORT)
    Breaker.objects.create(channel="email")
    Budget.objects.create(far_end="email")
    Hold.objects.create(since=timezone.now())
    IncomingMail.objects.create(key="a", message_id="<1@mail.example>", recipient=bob, outcome="empty")
    device = PushSubscription.objects.create(user=bob, endpoint="https://push.example/x", label="Firefox")
    PushReceipt.objects.create(delivery=Delivery.objects.earliest("pk"), subscription=device)
    webhook = Webhook.objects.create(group=group, keeper=bob, url="https://hooks.example/", events=[])
    Call.objects.create(webhook=webhook, event="webhook.test", object_id=webhook.pk)
    Worker.objects.create(name="host:1:a", host="host", pid=1)
    Tally.objects.create(
        of="event",
        lane="in_app",
        state="done",
        minutes=1,
        start=timezone.now().replace(second=0, microsecond=0),
    )
    TallyClock.objects.create(until=timezone.now())
    RevisionClock.objects.get_or_create(id=1, defaults={"lineage": "a"})
    Anchor.objects.create(position=0, digest=b"", signature=b"", rows=0, file_name="log.jsonl")


def test_every_table_of_ours_has_its_page() -> None:
    named = {"accounts", "announcements", "community", "notifications", "webhooks"}
    tables = {model for model in apps.get_models() if model._meta.app_label in named}
    assert tables <= set(admin.site._registry)
    assert tables <= set(OURS)


def test_the_lists_and_pages_of_all_open(one_of_each: None, boss: Client) -> None:
    for model in OURS:
        assert boss.get(url(model, "changelist")).status_code == 200, model
        assert boss.get(url(model, "changelist"), {"q": "bob"}).status_code == 200, model
        row = model._default_manager.first()
        assert row is not None, model
        assert boss.get(url(model, "change", row.pk)).status_code == 200, model


def test_staff_without_the_right_are_refused(helper: Callable[..., Client]) -> None:
    without = helper()
    for model in OURS:
        assert without.get(url(model, "changelist")).status_code == 403, model


def test_strangers_are_sent_to_the_sites_own_sign_in(client: Client) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_members_are_refused(chloe: User, browse: Browse) -> None:
    assert browse(chloe).get("/admin/", follow=True).status_code == 403


def test_a_log_is_only_read(one_of_each: None, boss: Client) -> None:
    for model in LOGS:
        row = model._default_manager.first()
        assert row is not None, model
        assert boss.get(url(model, "add")).status_code == 403, model
        assert boss.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403, model
        assert boss.post(url(model, "change", row.pk), {}).status_code == 403, model
        page = boss.get(url(model, "change", row.pk)).content.decode()
        assert 'name="_save"' not in page, model
        assert "deletelink" not in page, model


@pytest.mark.parametrize(
    "model", [Event, Delivery, Notification, Post, Comment, PostReaction, GroupMembership, User],
    ids=lambda model: model.__name__,
)  # fmt: skip
def test_a_list_takes_as_many_queries_for_one_as_for_thirty(
    model: type[Model], one_of_each: None, post: Post, group: Group, boss: Client, make_user: Any,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    boss.get(url(model, "changelist"))
    with django_assert_max_num_queries(30) as few:
        boss.get(url(model, "changelist"))
    for number in range(30):
        person = make_user(f"person-{number}")
        actions.react(person, post)
        actions.comment(person, post, f"Number {number}")
        actions.join_group(person, group)
        actions.create_post(person, f"Words of number {number}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        boss.get(url(model, "changelist"))


def test_a_row_whose_person_is_gone_still_shows(alice: User, bob: User, post: Post, boss: Client) -> None:
    [row] = likes(alice, bob, post, 1)
    Notification.objects.filter(pk=row.pk).update(recipient_id=999_999, actor_id=999_998)
    assert f">{row.pk}</a>" in boss.get(url(Notification, "changelist")).content.decode()
    assert boss.get(url(Notification, "change", row.pk)).status_code == 200
    assert boss.get(url(Event, "explain", row.event_id)).status_code == 200


def run(client: Client, model: type[Model], action: str, *rows: Model, sure: bool = True) -> Any:
    data: dict[str, Any] = {"action": action, "_selected_action": [row.pk for row in rows], "why": "Late."}
    data |= {"sure": "1"} if sure else {}
    return client.post(url(model, "changelist"), data, follow=True)


@told_at_once
def test_requeue_asks_first_and_warns_of_a_mail_sent_twice(one_of_each: None, boss: Client) -> None:
    Hold.objects.all().delete()  # else nothing leaves
    delivery = Delivery.objects.filter(state=Delivery.State.SENT).first()
    assert delivery is not None
    mail.outbox.clear()
    page = run(boss, Delivery, "requeue", delivery, sure=False).content.decode()
    assert "Its recipient may receive it once more." in page
    assert mail.outbox == []

    page = run(boss, Delivery, "requeue", delivery).content.decode()
    assert "1 done." in page
    assert len(mail.outbox) == 1


@told_at_once
def test_a_dead_event_is_decided_again(post: Post, alice: User, bob: User, boss: Client) -> None:
    actions.react(bob, post)
    Notification.objects.all().delete()
    Event.objects.filter(kind="LIKE").update(
        state=Event.State.DEAD, outcome=Event.Outcome.CRASHED, attempts=8, crashes=3, notification_id=None
    )
    event = Event.objects.get(kind="LIKE")
    run(boss, Event, "requeue", event)
    event.refresh_from_db()
    assert (event.state, event.outcome, event.attempts, event.crashes) == ("done", "notified", 0, 0)
    assert Notification.objects.filter(kind="LIKE").count() == 1


@told_at_once
def test_discard_lets_go(post: Post, alice: User, bob: User, boss: Client) -> None:
    actions.react(bob, post)
    Event.objects.filter(kind="LIKE").update(state=Event.State.DEAD)
    Delivery.objects.update(state=Delivery.State.PENDING)
    event, delivery = Event.objects.get(kind="LIKE"), Delivery.objects.get()
    run(boss, Event, "discard", event)
    event.refresh_from_db()
    delivery.refresh_from_db()
    assert (event.state, event.outcome) == ("done", "discarded")
    assert (delivery.state, delivery.reason) == ("skipped", "discarded")


@pytest.mark.parametrize("action", ["requeue", "discard"])
def test_who_may_only_look_cannot_operate(
    action: str, post: Post, chloe: User, helper: Callable[..., Client]
) -> None:
    actions.react(chloe, post)
    Event.objects.filter(kind="LIKE").update(state=Event.State.DEAD)
    looking = helper("view_event", "view_delivery")
    run(looking, Event, action, Event.objects.get(kind="LIKE"))
    assert Event.objects.get(kind="LIKE").state == Event.State.DEAD


def test_explain_needs_the_right_to_look(post: Post, chloe: User, helper: Callable[..., Client]) -> None:
    actions.react(chloe, post)
    event = Event.objects.get(kind="LIKE")
    assert helper().get(url(Event, "explain", event.pk)).status_code == 403
    assert helper("view_event").get(url(Event, "explain", event.pk)).status_code == 200


@told_at_once
def test_explain_says_what_became_of_it_and_why_for_a_person(
    post: Post, alice: User, bob: User, chloe: User, boss: Client
) -> None:
    actions.react(bob, post)
    event = Event.objects.get(kind="LIKE")
    page = run(boss, Event, "explain", event).content.decode()
    assert "It concerns Alice alone." in page
    assert re.search(r"Delivery \d+ to Alice ended: sent", page)
    said = boss.get(url(Event, "explain", event.pk), {"person": "ALICE@example.com"}).content.decode()
    assert "It is in the inbox, unread." in said
    said = boss.get(url(Event, "explain", event.pk), {"person": "chloe"}).content.decode()
    assert "No: this event is for another person alone." in said
    said = boss.get(url(Event, "explain", event.pk), {"person": "nobody"}).content.decode()
    assert "Nobody here has this username or address." in said
    assert boss.get(url(Event, "explain", 999_999)).status_code == 404


def test_explain_asks_for_one(post: Post, alice: User, bob: User, chloe: User, boss: Client) -> None:
    actions.react(bob, post)
    actions.react(chloe, post)
    page = run(boss, Event, "explain", *Event.objects.filter(kind="LIKE")).content.decode()
    assert "Choose one event" in page
