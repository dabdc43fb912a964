"""A password is changed by whoever knows it, and chosen anew with a code that was mailed, by the API."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from knox.models import AuthToken
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.phones import codes
from audit.models import Entry
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "a-long-way-to-the-pear-tree"
CHANGE, ASK, CHOOSE = "/api/users/me/password", "/api/auth/request-password-reset", "/api/auth/reset-password"
ADDRESS = "alice@example.com"


def post(path: str, token: str = "", **body: str) -> tuple[int, dict[str, Any]]:
    client = APIClient(headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = client.post(path, body, format="json")
    assert not answer.cookies
    return answer.status_code, answer.json()


def token_of(user: User) -> str:
    return str(AuthToken.objects.create(user=user)[1])


def is_in(token: str) -> bool:
    return bool(
        APIClient(headers={"Authorization": f"Bearer {token}"}).get("/api/users/me").status_code == 200
    )


def mailed() -> str:
    found = re.search(r"^    (\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


@pytest.mark.django_db(transaction=True)
def test_whoever_knows_it_changes_it_and_nobody_else_is_in_any_more(alice: User) -> None:
    here, elsewhere, browser = token_of(alice), token_of(alice), Client()
    browser.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    status, said = post(CHANGE, here, current_password=PASSWORD, new_password=NEW)
    assert (status, said["user"]["username"]) == (200, "alice")
    assert [is_in(token) for token in (here, elsewhere, said["token"])] == [False, False, True]
    assert browser.get("/accounts/profile/").status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert [message.subject for message in mail.outbox] == ["Your password was changed"]
    assert Entry.objects.filter(action="password_changed", outcome="done").count() == 1


def test_a_session_goes_on_under_another_key_and_gets_no_token(alice: User) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    before = browser.session.session_key
    body = {"current_password": PASSWORD, "new_password": NEW}
    answer = browser.post(CHANGE, body, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (200, ["user"])
    assert browser.session.session_key != before
    assert browser.get("/accounts/profile/").status_code == 200
    assert not AuthToken.objects.exists()


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [("wrong-wrong-wrong", NEW, "current_password"), (PASSWORD, "short", "new_password"),
     (PASSWORD, ADDRESS, "new_password")],
)  # fmt: skip
def test_what_is_wrong_is_named_and_changes_nothing(alice: User, current: str, new: str, field: str) -> None:
    token = token_of(alice)
    status, said = post(CHANGE, token, current_password=current, new_password=new)
    assert (status, list(said)) == (400, [field])
    assert is_in(token)
    assert mail.outbox == []


def test_whoever_has_a_token_guesses_no_password(alice: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "2/5m/key"}
    token = token_of(alice)
    tries = [post(CHANGE, token, current_password="wrong-wrong", new_password=NEW)[0] for _ in range(3)]
    assert tries == [400, 400, 429]


def test_a_mailed_code_replaces_it_once(alice: User) -> None:
    token = token_of(alice)
    assert post(ASK, email=" Alice@Example.com ")[0] == 200
    code = mailed()
    for refused in ("short", ADDRESS):  # and the code is still good
        status, said = post(CHOOSE, email=ADDRESS, code=code, new_password=refused)
        assert (status, list(said)) == (400, ["new_password"])
    assert post(CHOOSE, email=ADDRESS, code=code.lower(), new_password=NEW)[0] == 200
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert not is_in(token)
    status, said = post(CHOOSE, email=ADDRESS, code=code, new_password=NEW)
    assert (status, list(said)) == (400, ["code"])
    assert Entry.objects.filter(action="password_reset", outcome="done").count() == 1


def test_guessing_tells_nobody_who_has_an_account(alice: User, settings: Settings) -> None:
    for email in (ADDRESS, "nobody@example.com"):
        post(ASK, email=email)
    code = codes.new("sign in by mail", ADDRESS)[0]  # good for something else
    guesses = [(ADDRESS, "BBBB-BBBB"), ("nobody@example.com", "BBBB-BBBB"), (ADDRESS, code)]
    answers = [post(CHOOSE, email=email, code=code, new_password=NEW) for email, code in guesses]
    assert answers == [answers[0]] * 3
    # What resembles the name of an account is refused to whoever has the code alone.
    assert post(CHOOSE, email=ADDRESS, code="BBBB-BBBB", new_password=ADDRESS) == answers[0]
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/key", "guess_mail_code": "1/m/ip"}
    for email in ("alice@example.com", "who@example.com"):
        assert [post(ASK, email=email)[0] for _ in range(2)] == [200, 429]
    assert [post(CHOOSE, email=ADDRESS, code="BBBB-BBBB", new_password=NEW)[0] for _ in range(2)] == [
        400,
        429,
    ]
