"""Leaving: at once nobody comes in; for two weeks it can be taken back; then nothing of them is left."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from pytest_django import Settings

import audit
from accounts.models import User
from announcements.models import Announcement
from audit.models import Entry
from community import actions
from community.actions import groups as group_actions
from community.models import Comment, Group, GroupMembership, Post, PostImage
from conftest import PASSWORD, Browse
from moderation.actions import flag
from moderation.applying import lift
from moderation.models import Case, Decision
from moderation.subjects import subject_of
from newsletters.models import Edition, Subscriber
from notifications.models import (
    Bounce,
    Delivery,
    IncomingMail,
    JobRun,
    Notification,
    PushSubscription,
    Suppression,
)
from notifications.outbox import pipeline
from notifications.upkeep.audit import audit as checks
from notifications.upkeep.schedule import no_rest
from rights import erasing, exporting
from rights.former import former_member
from rights.leaving import UNDO, leave, take_back
from rights.links import back_path
from rights.models import Departure
from webhooks.models import Webhook

pytestmark = pytest.mark.django_db
MARK = "zebrafinch"


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path) -> Path:
    settings.EXPORT_ROOT, settings.MEDIA_ROOT = tmp_path / "exports", tmp_path / "media"
    return tmp_path


def erase(*, now: bool = True) -> None:
    if now:
        Departure.objects.update(erase_at=timezone.now() - timedelta(seconds=1))
    erasing.take_a_turn(JobRun(counts={}), no_rest)


def everything() -> dict[str, str]:
    """Each table with all that stands in it, the search index and its parts too."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = [
                bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                for row in cursor.fetchall()
                for value in row
            ]
            found[table] = "\n".join(rows).lower()
    return found


def marked(word: str = MARK) -> set[str]:
    return {table for table, content in everything().items() if word in content}


@pytest.fixture
def marked_person(alice: User, bob: User, group: Group) -> User:
    """Somebody whose every field that they can fill says the same word, and who did all that one can do."""
    for field in ("username", "name", "bio"):
        setattr(alice, field, f"{MARK}-{field}" if field == "username" else f"{MARK} {field}")
    alice.email, alice.phone, alice.is_staff = f"{MARK}@example.com", "+491512345678", True
    alice.save()
    EmailAddress.objects.create(user=alice, email=f"{MARK}2@example.com")
    post = actions.create_post(alice, f"Hello {MARK} @bob", title=f"{MARK} title", group=group)
    PostImage.objects.create(
        post=post, file=ContentFile(MARK.encode(), f"{MARK}.webp"), width=1, height=1, alt=MARK
    )
    theirs = actions.create_post(bob, "Bob's own.", group=group)
    first = actions.comment(alice, theirs, f"First {MARK}")
    actions.comment(bob, theirs, "An answer.", parent=first)
    actions.comment(alice, theirs, f"Last {MARK}")
    actions.comment(bob, post, "An answer to the post.")
    actions.react(alice, theirs, "like")
    actions.bookmark(alice, theirs)
    alone = actions.create_group(alice, f"{MARK} alone", description=MARK)
    actions.create_post(alice, f"Alone {MARK}", group=alone)
    flag(alice, subject_of(theirs), "spam", f"Because {MARK}")
    flag(bob, subject_of(post), "spam", "It is an advertisement.")
    words: dict[str, Any] = {"author": alice, "title": MARK, "content": MARK, "content_html": MARK}
    Announcement.objects.create(**words, audience="everybody")
    Edition.objects.create(**words, segment="everybody")
    Webhook.objects.create(group=group, keeper=alice, url=f"https://{MARK}.example/", secret=MARK, events=[])
    Subscriber.objects.create(address=f"{MARK}2@example.com", source="form")
    PushSubscription.objects.create(user=alice, endpoint=f"https://push.example/{MARK}", label=MARK)
    Bounce.objects.create(address=alice.email, words=MARK, cause="full", source="reply")
    Suppression.objects.create(address=alice.email, words=MARK, cause="full")
    IncomingMail.objects.create(sender=f"{MARK}@example.com", recipient=bob, detail="")
    LogEntry.objects.create(
        user=bob, content_type=ContentType.objects.get_for_model(User), object_id=str(alice.pk),
        object_repr=MARK, action_flag=CHANGE,
    )  # fmt: skip
    AuthToken.objects.create(user=alice)
    Client().force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    audit.record(audit.SIGN_OUT, actor=alice, target=alice, said=MARK)
    exporting.ask(alice)
    pipeline.drain()
    return alice


@pytest.mark.both_databases
def test_after_it_no_table_file_log_or_queue_holds_a_word_of_the_person(
    marked_person: User, bob: User, places: Path, caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG, logger="")
    pk = marked_person.pk
    assert len(marked()) > 15
    with django_capture_on_commit_callbacks(execute=True):
        exporting.take_a_turn(JobRun(counts={}), no_rest)
        leave(marked_person, keeps_content=False)
        pipeline.drain()
        erase()
    assert marked() == set()
    assert [path for path in places.rglob("*") if path.is_file()] == []
    assert MARK not in caplog.text
    assert not User.objects.filter(pk=pk).exists()
    assert not Delivery.objects.filter(recipient_id=pk).exists()
    assert not Notification.objects.filter(actor_id=pk).exists()
    assert {check.promise: count for check, count in checks() if count} == {}
    answer = Comment.objects.get(content="An answer.")
    assert answer.parent is not None
    assert str(answer.parent.author) == "A former member"
    assert not Entry.objects.filter(actor_id=pk).exclude(actor_name=None).exists()


@pytest.mark.both_databases
def test_what_they_wrote_may_stay_as_by_a_former_member(
    marked_person: User, browse: Browse, bob: User
) -> None:
    post = Post.objects.get(title=f"{MARK} title")
    leave(marked_person, keeps_content=True)
    erase()
    post.refresh_from_db()
    assert post.author == former_member()
    page = browse(bob).get(post.get_absolute_url()).content.decode()
    assert "A former member" in page
    assert marked(f"{MARK} name") | marked(f"{MARK}-username") | marked(f"{MARK}@") == set()
    assert browse(bob).get(f"/u/{former_member().username}/").status_code == 404


def test_groups_go_to_the_oldest_moderator_or_member_or_end(
    alice: User, bob: User, chloe: User, group: Group
) -> None:
    actions.accept_request(alice, actions.join_group(chloe, group))
    membership = GroupMembership.objects.get(group=group, user=chloe)
    group_actions.set_role(alice, membership, GroupMembership.Role.MODERATOR)
    leave(alice, keeps_content=True)
    erase()
    assert list(group.memberships.filter(role="owner").values_list("user", flat=True)) == [chloe.pk]
    leave(chloe, keeps_content=True)
    erase()
    assert list(group.memberships.filter(role="owner").values_list("user", flat=True)) == [bob.pk]
    leave(bob, keeps_content=True)
    erase()
    assert not Group.objects.exists()


def test_who_leaves_is_out_at_once_and_comes_back_by_signing_in(
    alice: User, browse: Browse, bob: User
) -> None:
    inside = browse(alice)
    AuthToken.objects.create(user=alice)
    asked = inside.post("/accounts/leave/", {"content": "remove"})
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    gone = inside.post(asked["Location"], {"password": PASSWORD})
    assert gone.status_code == 303
    departure = Departure.objects.get(user=alice)
    assert gone["Location"] == back_path(departure)
    assert abs(departure.erase_at - timezone.now() - UNDO) < timedelta(minutes=5)
    assert inside.get("/notifications/").status_code == 302
    assert not AuthToken.objects.filter(user=alice).exists()
    assert browse(bob).get("/u/alice/").status_code == 404
    pipeline.drain()
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]
    assert back_path(departure) in str(mail.outbox[0].body)
    erase(now=False)
    visitor = Client()
    offered = visitor.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert offered["Location"] == back_path(departure)
    assert "Keep my account" in visitor.get(offered["Location"]).content.decode()
    assert Departure.objects.exists(), "looking changes nothing"
    assert visitor.post(offered["Location"]).status_code == 303
    alice.refresh_from_db()
    assert alice.is_active
    assert not Departure.objects.exists()
    assert visitor.get(offered["Location"]).status_code == 404


def test_when_the_two_weeks_are_over_it_is_too_late(alice: User) -> None:
    departure = leave(alice, keeps_content=False)
    Departure.objects.update(erase_at=timezone.now())
    assert "too late" in Client().post(back_path(departure)).content.decode()
    assert Departure.objects.exists()


def test_asking_twice_is_asking_once(alice: User) -> None:
    assert leave(alice, keeps_content=False).erase_at == leave(alice, keeps_content=True).erase_at
    pipeline.drain()
    assert len(mail.outbox) == 1


def test_somebody_who_can_do_everything_has_to_stay(alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    alice.refresh_from_db()
    with pytest.raises(ValidationError):
        leave(alice, keeps_content=False)
    User.objects.filter(pk=bob.pk).update(is_superuser=True)
    leave(alice, keeps_content=False)


def test_whom_the_staff_let_in_again_is_not_erased(alice: User) -> None:
    leave(alice, keeps_content=False)
    User.objects.filter(pk=alice.pk).update(is_active=True)
    erase()
    assert User.objects.filter(pk=alice.pk).exists()
    assert not Departure.objects.exists()


def test_staff_start_it_with_a_reason_and_take_it_back(alice: User, make_user: Any, browse: Browse) -> None:
    staff = make_user("root", is_staff=True, is_superuser=True)
    page = browse(staff)
    url = "/admin/rights/departure/"
    assert "Say why." in page.post(f"{url}add/", {"user": alice.pk}).content.decode()
    assert page.post(f"{url}add/", {"user": alice.pk, "reason": "They wrote to us."}).status_code == 302
    departure = Departure.objects.get(user=alice)
    assert departure.by == staff
    assert Entry.objects.filter(action="account_left", actor_id=staff.pk, target_id=str(alice.pk)).exists()
    pipeline.drain()
    assert "They wrote to us." in str(mail.outbox[-1].body)
    assert page.post(f"{url}{departure.pk}/delete/", {"post": "yes"}).status_code == 302
    alice.refresh_from_db()
    assert alice.is_active


def test_by_the_api_it_takes_the_password_once_more(alice: User, api: Any) -> None:
    wrong = {"password": "wrong", "content": "remove"}
    assert api(alice).post("/api/users/me/departure", wrong, format="json").status_code == 400
    right = {"password": PASSWORD, "content": "keep"}
    left = api(alice).post("/api/users/me/departure", right, format="json")
    assert (left.status_code, left.json()["keeps_content"]) == (202, True)


def test_it_goes_on_where_it_was_stopped(alice: User, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    departure = leave(alice, keeps_content=False)
    turns = 1
    while not erasing.erase(departure, no_rest, until=0):
        turns += 1
    assert turns > 1
    assert not User.objects.filter(pk=alice.pk).exists()
    assert not Post.objects.exists()


def test_who_is_suspended_as_well_stays_out_until_both_are_over(alice: User) -> None:
    now = timezone.now()
    case = Case.objects.create(
        target_type="user", target_id=alice.pk, person=alice, title="x", severity=1, due_at=now, closed_at=now
    )
    decision = Decision.objects.create(case=case, action=Decision.Action.SUSPEND, words="Not like this.")
    departure = leave(alice, keeps_content=False)
    lift(decision, now)
    alice.refresh_from_db()
    assert not alice.is_active
    assert take_back(departure)
    alice.refresh_from_db()
    assert alice.is_active
