"""POST /api/auth/signin and /api/auth/signout, and what tokens are good for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.models import User
from conftest import PASSWORD
from notifications.models import Notification


@pytest.fixture
def client(db: None) -> APIClient:
    return APIClient()


def sign_in(client: APIClient, email: str, password: str = PASSWORD) -> APIClient:
    token = client.post("/api/auth/signin", {"email": email, "password": password}, format="json").json()
    signed_in = APIClient()
    signed_in.credentials(HTTP_AUTHORIZATION=f"Bearer {token['token']}")
    return signed_in


def test_signing_in_answers_with_a_token_and_the_person(client: APIClient, alice: User) -> None:
    response = client.post(
        "/api/auth/signin", {"email": "ALICE@example.com", "password": PASSWORD}, format="json"
    )
    assert response.status_code == 200
    assert response.json()["user"] == {
        "id": alice.pk, "username": "alice", "name": "Alice", "email": "alice@example.com",
    }  # fmt: skip
    assert sign_in(client, "alice@example.com").get("/api/users/me").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_login_notification_follows(client: APIClient, alice: User) -> None:
    sign_in(client, "alice@example.com")
    assert Notification.objects.get(recipient=alice).kind == "LOGIN"


def test_a_wrong_password_an_unknown_email_and_a_suspended_account_get_one_answer(
    client: APIClient, alice: User, make_user: Callable[..., User]
) -> None:
    make_user("zoe", is_active=False)
    answers = [
        client.post("/api/auth/signin", {"email": email, "password": password}, format="json")
        for email, password in [
            ("alice@example.com", "wrong-wrong-wrong"),
            ("nobody@example.com", "wrong-wrong-wrong"),
            ("nobody@example.com", PASSWORD),
            ("not an address", PASSWORD),
            ("zoe@example.com", PASSWORD),
        ]
    ]
    assert [answer.status_code for answer in answers] == [401] * 5
    assert len({answer.content for answer in answers}) == 1
    assert {answer["WWW-Authenticate"] for answer in answers} == {"Bearer"}


def test_an_unknown_email_costs_as_much_hashing_as_a_known_one(
    client: APIClient, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    for email in ("alice@example.com", "nobody@example.com"):
        hashed.clear()
        client.post("/api/auth/signin", {"email": email, "password": "wrong-wrong"}, format="json")
        assert hashed == ["wrong-wrong"], email


@pytest.mark.parametrize("body", [{}, {"email": "alice@example.com"}, {"password": "x"}, [], "x", None, 5])
def test_half_a_sign_in_is_a_bad_request(client: APIClient, body: object) -> None:
    response = client.post("/api/auth/signin", body, format="json")
    assert response.status_code == 400
    assert isinstance(response.json(), dict)


def test_signing_out_kills_this_token_and_no_other(client: APIClient, alice: User) -> None:
    phone, laptop = sign_in(client, "alice@example.com"), sign_in(client, "alice@example.com")
    assert phone.post("/api/auth/signout").status_code == 204
    assert phone.get("/api/users/me").status_code == 401
    assert phone.post("/api/auth/signout").status_code == 401
    assert laptop.get("/api/users/me").status_code == 200


def test_signing_out_of_a_session_ends_it(alice: User, browse: Callable[[User], Client]) -> None:
    browser = browse(alice)
    assert browser.post("/api/auth/signout").status_code == 204
    assert browser.get("/api/users/me").status_code == 401


def test_a_session_needs_its_csrf_token_to_write(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/users/me").status_code == 200
    refused = browser.patch("/api/users/me", {"bio": "x"}, content_type="application/json")
    assert refused.status_code == 403
    assert "CSRF" in refused.json()["detail"]
    browser.cookies["csrftoken"] = "a" * 32
    accepted = browser.patch(
        "/api/users/me", {"bio": "x"}, content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    assert accepted.status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a b",
        "Bearer \xff\xfe",
        "Bearer " + "x" * 5000,
        "Basic eDp5",
        "",
    ],
)
def test_anything_but_a_living_token_is_nobody(client: APIClient, alice: User, header: str) -> None:
    response = client.get("/api/users/me", headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert list(response.json()) == ["detail"]


def test_an_expired_token_and_that_of_a_suspended_person_are_dead(client: APIClient, alice: User) -> None:
    old, new = sign_in(client, "alice@example.com"), sign_in(client, "alice@example.com")
    token = AuthToken.objects.order_by("created").first()
    AuthToken.objects.filter(pk=token.pk).update(expiry=timezone.now() - timedelta(seconds=1))
    assert old.get("/api/users/me").status_code == 401
    assert new.get("/api/users/me").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert new.get("/api/users/me").status_code == 401


def test_a_token_is_not_stored_as_it_is(client: APIClient, alice: User) -> None:
    response = client.post(
        "/api/auth/signin", {"email": alice.email, "password": PASSWORD}, format="json"
    ).json()
    assert response["token"] not in str(list(AuthToken.objects.values()))
