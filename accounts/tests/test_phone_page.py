"""One's own phone number: proven by a code, changed, removed; and signing in by it at the page."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from audit.models import Entry
from conftest import PASSWORD
from notifications.channels import texting as gateway
from notifications.channels.base import Answer, Result

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, PAGE = "+491510000001", "/accounts/phone/"


@pytest.fixture
def texts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[gateway.Text]:
    taken: list[gateway.Text] = []

    def take(text: gateway.Text) -> Answer:
        taken.append(text)
        return Answer(Result.SENT)

    settings.SMS_BACKEND = "taken"
    monkeypatch.setitem(gateway.BACKENDS, "taken", take)
    return taken


def code_in(text: gateway.Text) -> str:
    return str(re.findall(r"#(\d{6})", text.words)[0])


def window() -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_a_number_is_proven_comes_in_and_goes(texts: list[gateway.Text], alice: User) -> None:
    client = window()
    client.post(PAGE, {"do": "ask", "phone": "0049 151 0000001"})
    assert client.post(PAGE, {"do": "prove", "otp": "none"}).status_code == 422
    client.post(PAGE, {"do": "prove", "otp": code_in(texts[-1])})
    alice.refresh_from_db()
    assert (alice.phone, alice.phone_verified_at is None) == (PHONE, False)
    assert PHONE in client.get("/accounts/security/").content.decode()

    phone = Client()
    phone.post("/accounts/login/code/", {"to": PHONE})
    phone.post("/accounts/enter-code/", {"code": code_in(texts[-1])})
    assert phone.get("/accounts/profile/").status_code == 200

    client.post(PAGE, {"do": "remove"})
    alice.refresh_from_db()
    assert (alice.phone, alice.phone_verified_at) == (None, None)

    session = client.session
    session["phone_to_prove"] = mistyped = "+4915100"
    session.save()
    assert mistyped in client.get(PAGE).content.decode()
    client.post(PAGE, {"do": "other"})
    assert mistyped not in client.get(PAGE).content.decode()
    own = Entry.objects.filter(action__startswith="phone_").order_by("pk")
    assert list(own.values_list("action", flat=True)) == ["phone_proven", "phone_removed"]


def test_whoever_proves_it_takes_it_from_who_did_not(
    texts: list[gateway.Text], alice: User, make_user: Callable[..., User]
) -> None:
    claimed = make_user("claims", phone=PHONE)
    client = window()
    client.post(PAGE, {"do": "ask", "phone": PHONE})
    client.post(PAGE, {"do": "prove", "otp": code_in(texts[-1])})
    claimed.refresh_from_db()
    assert claimed.phone is None


def test_an_open_browser_alone_changes_nothing(
    texts: list[gateway.Text], alice: User, browse: Callable[[User], Client]
) -> None:
    answer = browse(alice).post(PAGE, {"do": "ask", "phone": PHONE})
    assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert texts == []
