"""GET and PATCH /api/users/me, and proving one's address."""

import json
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from rest_framework.test import APIClient

from accounts.models import User

Api = Callable[[User | None], APIClient]


def test_my_account_has_what_the_contract_names(alice: User, api: Api) -> None:
    assert api(alice).get("/api/users/me").json() == {
        "id": alice.pk,
        "username": "alice",
        "name": "Alice",
        "email": "alice@example.com",
        "email_verified": False,
        "time_zone": "UTC",
        "language": "en",
        "bio": "",
    }


def test_i_can_change_what_is_mine(alice: User, api: Api) -> None:
    changes = {
        "name": " Alice \n Ashe ",
        "username": "alice_ashe",
        "bio": "Plants.",
        "time_zone": "Europe/Berlin",
        "language": "en",
    }
    response = api(alice).patch("/api/users/me", changes, format="json")
    assert response.status_code == 200
    alice.refresh_from_db()
    assert alice.name == "Alice Ashe"
    assert {name: response.json()[name] for name in changes} == changes | {"name": "Alice Ashe"}


def test_what_is_not_given_stays(alice: User, api: Api) -> None:
    assert api(alice).patch("/api/users/me", {"bio": "Hello."}, format="json").status_code == 200
    assert api(alice).patch("/api/users/me", {}, format="json").json()["bio"] == "Hello."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u2003"),
        ("name", "x" * 81),
        ("username", ""),
        ("username", "with space"),
        ("username", "ünïcode"),
        ("username", "x" * 33),
        ("username", "BOB"),
        ("bio", "x" * 301),
        ("bio", None),
        ("bio", "\ud800"),
        ("bio", "\x00"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("language", "tlh"),
        ("language", 5),
        ("language", "\ud800"),
    ],
)
def test_what_is_wrong_is_named(alice: User, bob: User, api: Api, field: str, value: object) -> None:
    response = api(alice).patch("/api/users/me", json.dumps({field: value}), content_type="application/json")
    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_my_own_username_in_other_letters_is_mine_to_take(alice: User, api: Api) -> None:
    assert api(alice).patch("/api/users/me", {"username": "Alice"}, format="json").status_code == 200


@pytest.mark.parametrize(
    "field",
    ["id", "email", "email_verified", "is_staff", "is_superuser", "is_active", "password", "date_joined"],
)
def test_nothing_else_can_be_changed(alice: User, api: Api, field: str) -> None:
    before = User.objects.values().get()
    assert api(alice).patch("/api/users/me", {field: True}, format="json").status_code == 200
    assert User.objects.values().get() == before


def test_a_link_that_proves_the_address_is_mailed(alice: User, api: Api) -> None:
    response = api(alice).post("/api/users/me/verification/email/send")
    assert response.status_code == 200
    assert list(response.json()) == ["message"]
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]
    assert "/accounts/confirm-email/" in str(mail.outbox[0].body)
    assert not response.cookies


def test_a_proven_address_is_proven(alice: User, api: Api) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    assert api(alice).get("/api/users/me").json()["email_verified"] is True
    assert api(alice).post("/api/users/me/verification/email/send").status_code == 200
    assert mail.outbox == []


def test_another_address_proves_nothing(alice: User, api: Api) -> None:
    EmailAddress.objects.create(user=alice, email="old@example.com", verified=True)
    assert api(alice).get("/api/users/me").json()["email_verified"] is False


def test_a_mail_server_that_is_away_is_told(alice: User, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("allauth.account.adapter.DefaultAccountAdapter.send_mail", refuse)
    response = api(alice).post("/api/users/me/verification/email/send")
    assert response.status_code == 503
    assert list(response.json()) == ["detail"]
