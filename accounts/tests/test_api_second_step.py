"""Signing in by the API in two steps, whatever the first of them was."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail, signing
from django.utils import timezone
from knox.models import AuthToken
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.factors import actions
from accounts.models import User
from accounts.phones import codes
from accounts.phones.actions import SIGN_IN
from conftest import PASSWORD

from .an_app import App, set_up

pytestmark = pytest.mark.django_db
ACCOUNTS = Path(__file__).parent.parent
PHONE = "+491512345678"


@pytest.fixture
def app(alice: User) -> App:
    return set_up(alice)


def post(path: str, **data: str) -> Any:
    return APIClient().post(f"/api/auth/{path}", data, format="json")


def challenge() -> str:
    answer = post("signin", email="alice@example.com", password=PASSWORD)
    assert (answer.status_code, answer.json()["mfa_required"]) == (401, True)
    assert not AuthToken.objects.exists()
    return str(answer.json()["challenge"])


def test_a_challenge_and_a_code_give_a_token(app: App) -> None:
    answer = post("signin/confirm", challenge=challenge(), code=app.shows())
    assert (answer.status_code, answer.json()["user"]["username"]) == (200, "alice")
    me = APIClient(headers={"Authorization": f"Bearer {answer.json()['token']}"}).get("/api/users/me")
    assert me.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_will_do_and_its_owner_is_told(alice: User, app: App) -> None:
    code = actions.codes_of(alice)[0]
    assert post("signin/confirm", challenge=challenge(), code=code).status_code == 200
    [told] = mail.outbox
    assert (told.to, told.subject) == ([alice.email], "A recovery code was used")
    assert "9 of them" in str(told.body)


def test_tokens_are_made_where_the_second_step_is_asked_for() -> None:
    """And for whoever has only just made the account, or chosen its password by the old one and a token."""
    sources = [path for path in ACCOUNTS.rglob("*.py") if "tests" not in path.parts]
    made = {path.relative_to(ACCOUNTS) for path in sources if "AuthToken.objects.create" in path.read_text()}
    assert made == {Path("factors/entering.py"), Path("actions.py"), Path("passwords.py")}


def test_a_wrong_code_is_401_and_may_be_corrected(app: App) -> None:
    asked = challenge()
    wrong = post("signin/confirm", challenge=asked, code=app.does_not_show())
    assert (wrong.status_code, list(wrong.json())) == (401, ["detail"])
    assert post("signin/confirm", challenge=asked, code=app.shows()).status_code == 200


def test_a_wrong_password_is_told_nothing_of_a_second_step(app: App) -> None:
    wrong = post("signin", email="alice@example.com", password="wrong-wrong")
    assert wrong.json() == post("signin", email="nobody@example.com", password="wrong-wrong").json()


def test_a_challenge_is_good_once_for_five_minutes_and_with_the_password_that_it_was_for(
    alice: User, app: App
) -> None:
    used, old, before = challenge(), challenge(), challenge()
    assert post("signin/confirm", challenge=used, code=app.shows()).status_code == 200
    refused = [post("signin/confirm", challenge=used, code=app.shows(later=1))]
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        refused.append(post("signin/confirm", challenge=old, code=app.shows()))
    alice.set_password("another-good-password")
    alice.save()
    refused.append(post("signin/confirm", challenge=before, code=app.shows(later=-1)))
    refused.append(post("signin/confirm", challenge="made up", code=app.shows()))
    other = signing.dumps({"user": alice.pk, "mark": "", "number": "1"}, salt="something else")
    refused.append(post("signin/confirm", challenge=other, code=app.shows()))
    assert {(answer.status_code, *answer.json()) for answer in refused} == {(400, "challenge")}
    assert not AuthToken.objects.exists()  # the first went with the old password


def test_who_was_suspended_meanwhile_stays_out(alice: User, app: App) -> None:
    asked = challenge()
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert post("signin/confirm", challenge=asked, code=app.shows()).status_code == 400


def test_a_code_by_text_message_is_a_first_step_only(alice: User, app: App, settings: Settings) -> None:
    settings.SMS_BACKEND = "console"
    User.objects.filter(pk=alice.pk).update(phone=PHONE, phone_verified_at=timezone.now())
    code, _until = codes.new(SIGN_IN, PHONE)
    answer = post("verify-otp", phone=PHONE, otp=code)
    assert (answer.status_code, answer.json()["mfa_required"]) == (401, True)
    confirmed = post("signin/confirm", challenge=answer.json()["challenge"], code=app.shows())
    assert confirmed.status_code == 200


def test_guesses_at_pages_and_by_the_api_count_together(alice: User, app: App, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"second_factor": "3/m/key"}
    asked = challenge()
    page = APIClient()
    page.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assert page.post("/accounts/login/second-step/", {"code": app.does_not_show()}).status_code == 422
    answers = [post("signin/confirm", challenge=asked, code=app.does_not_show()) for _ in range(2)]
    late = post("signin/confirm", challenge=asked, code=app.shows())
    assert [answer.status_code for answer in (*answers, late)] == [401, 401, 429]
