"""Whom a decision concerns reads why, may ask once to look again, and whoever was wrong takes it back."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from audit.models import Entry
from community.models import Post
from conftest import PASSWORD, Browse, MakeUser
from moderation import actions
from moderation.models import Case, Decision
from notifications.models import Notification
from notifications.outbox import pipeline

from .conftest import FlagIt

pytestmark = pytest.mark.django_db


@pytest.fixture
def erik(make_user: MakeUser) -> User:
    return make_user("erik", is_staff=True)


def kinds_of(user: User) -> list[str]:
    rows = Notification.objects.filter(recipient=user).exclude(kind="LOGIN")
    return list(rows.order_by("pk").values_list("kind", flat=True))


def told(browse: Browse, user: User) -> str:
    return browse(user).get("/notifications/").content.decode()


@pytest.mark.both_databases
def test_everybody_concerned_is_told_and_nobody_learns_who_flagged_or_decided(
    browse: Browse, case: Case, alice: User, bob: User, dora: User
) -> None:
    pipeline.drain()
    assert "was flagged and waits for you" in told(browse, dora)
    assert kinds_of(alice) == []
    decision = actions.decide(dora, case, "hide", "It is an advertisement.")
    pipeline.drain()
    assert kinds_of(dora) == [], "nothing waits any more"
    assert kinds_of(alice) == ["MODERATION"]
    assert "We acted on it" in told(browse, bob)
    page = browse(alice).get(decision.get_absolute_url()).content.decode()
    assert "It is an advertisement." in page
    shown = page + told(browse, alice) + "".join(str(m.message()) for m in mail.outbox if "alice" in m.to[0])
    assert "There is a decision about " in shown
    assert not any(name in shown for name in ("Bob", "Dora"))
    assert browse(bob).get(decision.get_absolute_url()).status_code == 404
    assert "We acted on it" in browse(bob).get("/moderation/flags/").content.decode()
    assert {tuple(m.to) for m in mail.outbox} >= {("alice@example.com",), ("bob@example.com",)}


def test_what_nothing_is_wrong_with_is_no_news_to_its_author(
    browse: Browse, case: Case, alice: User, bob: User, dora: User
) -> None:
    decision = actions.decide(dora, case, "dismiss")
    pipeline.drain()
    assert kinds_of(alice) == []
    assert "nothing wrong with it" in told(browse, bob)
    assert browse(alice).get(decision.get_absolute_url()).status_code == 404


@pytest.mark.both_databases
def test_one_appeals_once_and_somebody_else_takes_it_back(
    browse: Browse, api: Any, case: Case, alice: User, bob: User, dora: User, erik: User, post: Post
) -> None:
    decision = actions.decide(dora, case, "remove", "Spam.")
    assert browse(bob).post(decision.get_absolute_url(), {"words": "x"}).status_code == 404
    assert browse(alice).post(decision.get_absolute_url(), {"words": ""}).status_code == 422
    assert browse(alice).post(decision.get_absolute_url(), {"words": "They are free."}).status_code == 303
    again = api(alice).post(f"/api/moderation/decisions/{decision.pk}/appeal", {"words": "x"}, format="json")
    assert again.status_code == 400
    pipeline.drain()
    assert "Somebody asks to look again" in told(browse, erik)
    assert case.get_absolute_url() in browse(erik).get("/moderation/?show=appeals").content.decode()

    answer = {"take_back": "yes", "words": "You are right."}
    assert "somebody else answers" in browse(dora).get(case.get_absolute_url()).content.decode()
    assert browse(dora).post(f"{case.get_absolute_url()}appeal/", answer).status_code == 403
    for _twice in range(2):
        assert browse(erik).post(f"{case.get_absolute_url()}appeal/", answer).status_code == 303
    post.refresh_from_db()
    assert post.withheld == ""
    pipeline.drain()
    assert "You are right." in browse(alice).get(decision.get_absolute_url()).content.decode()
    assert "APPEAL" in kinds_of(alice)
    [entry] = Entry.objects.filter(action="moderation_answered")
    assert entry.actor_id == erik.pk


def test_who_decided_answers_where_there_is_nobody_else(case: Case, alice: User, dora: User) -> None:
    decision = actions.decide(dora, case, "warn", "Not like this.")
    actions.appeal(alice, decision, "Why?")
    answered = actions.answer_appeal(dora, case, take_back=False, words="Because.")
    assert (answered.answered_by, answered.reversed_at) == (dora, None)


@pytest.mark.both_databases
def test_whoever_is_suspended_signs_in_to_read_why_and_to_appeal_and_for_nothing_else(
    browse: Browse, case: Case, alice: User, dora: User, erik: User, post: Post
) -> None:
    inside = browse(alice)
    _token, secret = AuthToken.objects.create(user=alice)
    actions.decide(
        dora, case, "suspend", "Spam again.", until=timezone.now() + timedelta(days=7), also_hide=True
    )
    assert inside.get("/notifications/").status_code == 302
    assert Client().get("/api/users/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    post.refresh_from_db()
    assert post.withheld == "hidden"
    pipeline.drain()
    [sent] = [message for message in mail.outbox if message.to == ["alice@example.com"]]
    assert "Spam again." in str(sent.body)

    door = Client()
    credentials = {"login": "alice@example.com", "password": PASSWORD}
    way = door.post("/accounts/login/", credentials)["Location"]
    assert way in str(sent.body)
    page = door.get(way).content.decode()
    assert "Spam again." in page
    assert door.get("/notifications/").status_code == 302
    assert door.get(way[:-2] + "x/").status_code == 404
    assert door.post(way, {"words": "It was not me."}).status_code == 303
    wrong = door.post("/accounts/login/", credentials | {"password": "wrong"})
    assert wrong.status_code == 200, "who does not know the password learns nothing"

    actions.answer_appeal(erik, case, take_back=True, words="Sorry.")
    alice.refresh_from_db()
    post.refresh_from_db()
    assert (alice.is_active, post.withheld) == (True, "")
    assert Client().post("/accounts/login/", credentials)["Location"] == "/"


def test_a_suspension_ends_with_its_time_and_not_before_the_last(
    flagged: FlagIt, post: Post, alice: User, bob: User, dora: User
) -> None:
    now = timezone.now()
    for days in (1, 3):
        case = flagged(post, bob)
        actions.decide(dora, case, "suspend", "Spam.", until=now + timedelta(days=days))
    for days, is_active in ((0, False), (2, False), (4, True)):
        actions.lift_due(now + timedelta(days=days))
        alice.refresh_from_db()
        assert alice.is_active == is_active
    assert Entry.objects.filter(action="moderation_lifted").count() == 2


def test_caretakers_suspend_nobody_and_staff_no_staff(
    flagged: FlagIt, alice: User, bob: User, dora: User, erik: User, group: Any, browse: Browse
) -> None:
    from community import actions as community

    inside = flagged(community.create_post(bob, "Rude.", group=group), alice)
    with pytest.raises(PermissionDenied):
        actions.decide(alice, inside, "suspend", "Out.")
    assert "Suspend the person" not in browse(alice).get(inside.get_absolute_url()).content.decode()
    of_staff = flagged(community.create_post(erik, "Rude."), bob)
    with pytest.raises(PermissionDenied):
        actions.decide(dora, of_staff, "suspend", "Out.")
    with pytest.raises(ValidationError):
        actions.decide(dora, of_staff, "warn", "")
    assert not Decision.objects.exists()
