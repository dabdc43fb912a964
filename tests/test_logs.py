"""No password, code or key that opens something stands in a log, whatever goes right or wrong with it."""

import logging
import re
import secrets
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from rest_framework.test import APIClient

from accounts.factors.actions import codes_of
from accounts.models import User
from accounts.tests.an_app import set_up
from conftest import PASSWORD
from myproject.logs import JsonFormatter, LineFormatter
from testing.secrets_in_logs import LISTENER

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+491510000001"
MISTYPED = "correct-house-battery"
LINK = re.compile(r"http://\S+?/accounts/\S+/([\w:-]{12,})/")


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Of every logger at every level, beside the SQL that only a developer asks for."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    return caplog


def test_what_opens_an_account_is_in_no_log(
    said: pytest.LogCaptureFixture, alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [PASSWORD, MISTYPED, settings.SECRET_KEY]
    kept += by_password(alice)
    kept += by_link(alice)
    kept += by_phone(alice, settings, monkeypatch)
    kept += by_second_step(alice)
    when_it_breaks(monkeypatch)
    assert len(kept) == len(set(kept)) >= 8
    assert len(said.records) > 10
    [line_of] = [each.format for each in logging.root.handlers if isinstance(each.formatter, LineFormatter)]
    lines = [form(record) for record in said.records for form in (line_of, JsonFormatter().format)]
    assert [(one, line) for one in kept for line in lines if str(one) in line] == []


def by_password(alice: User) -> list[str]:
    found = []
    for password in (MISTYPED, PASSWORD):
        Client().post("/admin/login/", {"username": "alice", "password": password})
        client = Client()
        client.post("/accounts/login/", {"login": "alice", "password": password})
        if "sessionid" in client.cookies:
            found.append(client.cookies["sessionid"].value)
        api = APIClient()
        answer = api.post("/api/auth/signin", {"email": alice.email, "password": password}, format="json")
        if token := answer.json().get("token"):
            found.append(token)
            for _time in ("alive", "dead"):
                headers = {"Authorization": f"Bearer {token}"}
                api.get("/api/users/me", headers=headers)
                api.post("/api/auth/signout", headers=headers)
    Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    Client().get("/accounts/login/", {"login": "alice", "password": PASSWORD})  # a form that was sent wrongly
    assert len(found) == 2
    return found


def by_link(alice: User) -> list[str]:
    """To prove an address and to choose a new password: used, used again, and spoilt."""
    client = Client()
    client.post("/accounts/password/reset/", {"email": alice.email})
    form = {"name": "New", "email": "new@example.com", "password1": PASSWORD}
    client.post("/accounts/signup/", form)
    links = [(found[0], found[1]) for each in mail.outbox for found in LINK.finditer(str(each.body))]
    assert len(links) >= 2
    for link, key in links:
        path = "/" + link.split("/", 3)[3]
        for address in (path, path, path.replace(key, key[:-1]), path + "nothing/"):
            for browser in (client, Client()):
                browser.get(address, follow=True)
                browser.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    return [key for _link, key in links]


def by_phone(alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Also where no gateway takes the text."""
    made: list[str] = []
    new = secrets.randbelow

    def known(below: int) -> int:
        made.append(f"{new(below):06d}")
        return int(made[-1])

    settings.SMS_BACKEND = "gateway"
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/send"
    monkeypatch.setattr("accounts.phones.codes.secrets.randbelow", known)
    User.objects.filter(pk=alice.pk).update(phone=PHONE, phone_verified_at=alice.date_joined)
    api = APIClient()
    api.post("/api/auth/request-otp", {"phone": PHONE}, format="json")
    for code in ("12345", *made, *made):
        api.post("/api/auth/verify-otp", {"phone": PHONE, "otp": code}, format="json")
    assert made
    return made


def by_second_step(alice: User) -> list[str]:
    app, api = set_up(alice), APIClient()
    user = User.objects.get(pk=alice.pk)
    asked = api.post("/api/auth/signin", {"email": user.email, "password": PASSWORD}, format="json").json()
    typed = [app.does_not_show(), codes_of(user)[0], app.shows()]
    for code in typed:
        answer = {"challenge": asked["challenge"], "code": code}
        api.post("/api/auth/signin/confirm", answer, format="json")
    return [app.secret, asked["challenge"], *typed[1:]]


def when_it_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_args: Any, **_options: Any) -> Any:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr("accounts.limits.guesses.judge", breaks)
        form = {"login": "alice", "password": PASSWORD}
        assert Client(raise_request_exception=False).post("/accounts/login/", form).status_code == 500


@pytest.mark.parametrize("secret", [PASSWORD, "a" * 64, "Bearer abcdefghijklmnopq", "sessionid=x"])
def test_every_test_listens_for_them(secret: str) -> None:
    logging.getLogger("tests.spoken").warning("said %s", secret)
    assert len(LISTENER.heard) == 1
    LISTENER.heard.clear()
