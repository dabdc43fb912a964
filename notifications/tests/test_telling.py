"""Why something reached somebody, or did not: the same sentences from the command, the API and the admin."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import product
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.models import Block, DecidedBy, Delivery, Event, Notification, QuietHours, Rule
from notifications.outgoing import sending
from notifications.steering.preferences import Decision
from notifications.upkeep.explain import (
    ByMail,
    InApp,
    Reach,
    reach,
)
from notifications.upkeep.telling import About, sentences

pytestmark = pytest.mark.django_db(transaction=True)
API = "/api/notifications/explain"


def told(person: User, kind: str, about: About) -> str:
    event = Event.objects.filter(kind=kind).latest("pk")
    return " ".join(text for of, text in sentences(event, reach(event, person)) if of == about)


def test_the_rule_that_sent_it_is_named(post: Post, alice: User, bob: User) -> None:
    actions.comment(bob, post, "Hello")
    assert told(alice, "COMMENT", About.IN_APP) == (
        "It is in the inbox, unread. What decided: what this site does by default."
    )
    assert "The mail is in this state: sent." in told(alice, "COMMENT", About.EMAIL)
    assert "It would be mailed." in told(alice, "COMMENT", About.NOW)


def test_the_rule_that_stopped_it_is_named(post: Post, alice: User, bob: User) -> None:
    Rule.objects.create(user=alice, scope="thread", target_type="post", target_id=post.pk, level="muted")
    actions.comment(bob, post, "Hello")
    assert "this person muted the group or the post" in told(alice, "COMMENT", About.IN_APP)
    assert "What decided: the choice for this post." in told(alice, "COMMENT", About.IN_APP)
    assert "muted" in told(alice, "COMMENT", About.EMAIL)


def test_a_block_is_named(post: Post, alice: User, bob: User) -> None:
    Block.objects.create(user=alice, blocked=bob)
    actions.comment(bob, post, "Hello")
    assert "What decided: whoever did it is blocked." in told(alice, "COMMENT", About.EMAIL)


def test_a_kind_without_mail_for_this_person_says_by_which_rule(post: Post, alice: User, bob: User) -> None:
    Rule.objects.create(user=alice, scope="kind", type="LIKE", email=False)
    actions.react(bob, post)
    assert "It is in the inbox, unread." in told(alice, "LIKE", About.IN_APP)
    assert "What decided: the choice for this kind." in told(alice, "LIKE", About.EMAIL)


def test_of_an_audience_the_rule_of_the_one_who_was_left_out_is_named(
    group: Group, alice: User, bob: User
) -> None:
    Rule.objects.create(user=bob, scope="place", place_id=group.pk, level="muted")
    actions.create_post(alice, "Between us.", group=group)
    assert told(bob, "GROUP_POST", About.IN_APP) == (
        "No: this person muted the group or the post. What decided: the choice for this group."
    )


def test_quiet_hours_are_told_from_the_waiting_to_the_summary(post: Post, alice: User, bob: User) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    QuietHours.objects.create(user=alice, is_on=True, starts=(now - hour).time(), ends=(now + hour).time())
    actions.comment(bob, post, "Hello")
    waiting = told(alice, "COMMENT", About.EMAIL)
    summary = Delivery.objects.get(event_id=None)
    assert "kept for later" in waiting
    assert f"The summary that tells of it is delivery {summary.pk}." in waiting
    assert "The mail would wait for the end of quiet hours" in told(alice, "COMMENT", About.NOW)

    QuietHours.objects.update(is_on=False)
    Delivery.objects.filter(pk=summary.pk).update(due_at=now)
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass
    ended = told(alice, "COMMENT", About.EMAIL)
    assert "left to the summary at the end of this person's quiet hours" in ended
    assert "The mail is in this state: sent." in ended
    assert "quiet" not in told(User.objects.get(pk=alice.pk), "COMMENT", About.NOW)


def test_what_became_of_the_row_is_told_with_its_times(
    post: Post, alice: User, bob: User, chloe: User, api: Callable[[User | None], APIClient]
) -> None:
    actions.react(bob, post)
    hour = timedelta(hours=1)
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    Notification.objects.update(
        seen_at=at, read_at=at + hour, saved_at=at + 2 * hour, snoozed_until=at + 3 * hour,
        done_at=at + 4 * hour, deleted_at=at + 5 * hour,
    )  # fmt: skip
    said = told(alice, "LIKE", About.IN_APP)
    for hours, what in enumerate(
        ("was seen on", "was read on", "was saved on", "is snoozed until", "was done on", "was deleted on")
    ):
        assert f"It {what} 2026-03-01 {8 + hours:02}:00:00 UTC." in said
    User.objects.filter(pk=chloe.pk).update(is_staff=True, is_superuser=True)
    asked: dict[str, Any] = {"event": Event.objects.get().pk, "person": "alice"}
    row = api(User.objects.get(pk=chloe.pk)).get(API, asked).json()["row"]
    assert (row["id"], row["done_at"]) == (Notification.objects.get().pk, "2026-03-01T12:00:00Z")


def every_reach(person: User, delivery: Delivery) -> list[Reach]:
    """Every word that a reach, a delivery or a decision can carry, each once."""
    plain: dict[str, Any] = {
        "person": person, "in_app": InApp.ENDED, "by_mail": ByMail.DECIDED, "row": None, "delivery": None,
        "others": [], "elsewhere": None, "in_app_by": None, "mail_by": None, "summary": None, "now": None,
        "now_refused": None, "quiet_until": None,
        "summary_at": None, "is_urgent": False, "bounces": [], "deeds": {}, "now_stopped": None,
    }  # fmt: skip
    rules, default = list(DecidedBy), DecidedBy.DEFAULT
    decisions = [
        *(Decision(outcome, default, mail, default) for outcome in Event.Outcome for mail in Event.Mail),
        *(Decision(Event.Outcome.NOTIFIED, rule, None, rule) for rule in rules),
    ]
    return [
        *(Reach(**plain | {"in_app": in_app}) for in_app in InApp),
        *(Reach(**plain | {"by_mail": by_mail}) for by_mail in ByMail),
        *(Reach(**plain | {"in_app_by": rule, "mail_by": rule}) for rule in rules),
        *(Reach(**plain | {"now": decision}) for decision in decisions),
        *(Reach(**plain | {"now": decisions[0], "now_refused": refused}) for refused in Event.Outcome),
        *(
            Reach(**plain | {which: some})
            for state, reason in product(Delivery.State, ["", *Delivery.Reason])
            for which, some in (
                ("delivery", Delivery(channel="email", state=state, reason=reason, last_error="421")),
                ("others", [Delivery(channel="push", state=state, reason=reason, last_error="421")]),
            )
        ),
    ]


def test_every_word_has_a_sentence(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    event = Event.objects.get()
    for found in every_reach(alice, Delivery.objects.get()):
        lines = [text for _about, text in sentences(event, found)]
        assert all(text.endswith((".", "421")) and ": ." not in text for text in lines), lines
        said = " ".join(lines)
        if found.delivery:
            assert str(Delivery.State(found.delivery.state).label) in said
            assert not found.delivery.reason or str(Delivery.Reason(found.delivery.reason).label) in said
        if found.mail_by is not None:
            assert str(found.mail_by.label) in said


def test_every_end_of_an_event_has_one(alice: User) -> None:
    ended = replace(every_reach(alice, Delivery())[0], in_app=InApp.ENDED)
    for outcome, mail in product(Event.Outcome, Event.Mail):
        event = Event(pk=1, kind="LIKE", recipient=alice, outcome=outcome, mail=mail)
        said = " ".join(text for _about, text in sentences(event, ended))
        assert str(outcome.label) in said
        assert str(mail.label) in said


def test_the_command_prints_them(post: Post, alice: User, bob: User) -> None:
    actions.comment(bob, post, "Hello")
    out = StringIO()
    call_command("explain_notification", str(Event.objects.get().pk), "alice@example.com", stdout=out)
    assert f"Event {Event.objects.get().pk}, COMMENT, for Alice:" in out.getvalue()
    assert "In the app\n  It is in the inbox, unread." in out.getvalue()


def test_the_command_says_what_it_does_not_know(post: Post, bob: User) -> None:
    actions.react(bob, post)
    known = str(Event.objects.get().pk)
    for event, person, complaint in (
        (known, "nobody", "'nobody'"), ("999999", "alice", "no event 999999"), ("-1", "alice", "no event"),
        (str(2**80), "alice", "no event"), ("x", "alice", "invalid int"),
    ):  # fmt: skip
        with pytest.raises(CommandError, match=complaint):
            call_command("explain_notification", "--", event, person)


def test_the_api_tells_staff_alone(
    post: Post, alice: User, bob: User, chloe: User, api: Callable[[User | None], APIClient]
) -> None:
    actions.react(bob, post)
    asked: dict[str, Any] = {"event": Event.objects.get().pk, "person": "alice"}
    assert api(None).get(API, asked).status_code == 401
    assert api(alice).get(API, asked).status_code == 403
    User.objects.filter(pk=chloe.pk).update(is_staff=True)
    chloe.user_permissions.add(Permission.objects.get(codename="view_event"))
    staff = api(User.objects.get(pk=chloe.pk))
    answer = staff.get(API, asked).json()
    assert (answer["in_app"], answer["in_app_decided_by"]) == ("unread", "")
    assert (answer["email"], answer["email_state"], answer["summary"]) == ("delivery", "sent", None)
    assert {"about": "in_app", "text": "It is in the inbox, unread."} in answer["sentences"]
    assert staff.get(API, asked | {"event": 999_999}).json() == {"event": ["There is no such event."]}
    assert list(staff.get(API, asked | {"person": "nobody"}).json()) == ["person"]
    assert list(staff.get(API, {"person": "alice"}).json()) == ["event"]


def test_the_admin_page_says_the_same(
    post: Post, alice: User, bob: User, chloe: User, browse: Callable[[User], Client]
) -> None:
    actions.comment(bob, post, "Hello")
    User.objects.filter(pk=chloe.pk).update(is_staff=True, is_superuser=True)
    event = Event.objects.get()
    page = browse(User.objects.get(pk=chloe.pk)).get(
        f"/admin/notifications/event/{event.pk}/explain/", {"person": "alice"}
    )
    html = page.content.decode()
    for _about, text in sentences(event, reach(event, alice)):
        assert text in html
