"""POST /api/auth/signup."""

import re

import pytest
from django.core import mail
from rest_framework.test import APIClient

from accounts.models import User
from notifications.models import Event, Notification

DANA = {"name": "Dana Ito", "email": "Dana@Example.com", "password": "correct-horse-battery"}


@pytest.fixture
def client(db: None) -> APIClient:
    return APIClient()


def test_signing_up_answers_with_a_token_that_works(client: APIClient) -> None:
    response = client.post("/api/auth/signup", DANA, format="json")
    assert response.status_code == 201
    dana = User.objects.get()
    assert response.json()["user"] == {
        "id": dana.pk,
        "username": "dana",
        "name": "Dana Ito",
        "email": "dana@example.com",
    }
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {response.json()['token']}")
    assert client.get("/api/users/me").json()["username"] == "dana"


@pytest.mark.django_db(transaction=True)
def test_a_signup_notification_follows_and_no_login_with_it(client: APIClient) -> None:
    client.post("/api/auth/signup", DANA, format="json")
    assert list(Notification.objects.values_list("kind", flat=True)) == ["SIGNUP"]


def test_it_is_welcomed_at_once_and_not_again_when_its_address_is_proven(client: APIClient) -> None:
    token = client.post("/api/auth/signup", DANA, format="json").json()["token"]
    assert Event.objects.filter(kind="SIGNUP").count() == 1
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    client.post("/api/users/me/verification/email/send")
    code = re.search(r"^    (\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert code
    said = client.post("/api/users/me/verification/email/confirm", {"code": code[1]}, format="json").json()
    assert said["email_verified"] is True
    assert Event.objects.filter(kind="SIGNUP").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 81),
        ("name", None),
        ("name", 5),
        ("name", ["Dana"]),
        ("email", "not an address"),
        ("email", ""),
        ("email", "x" * 250 + "@example.com"),
        ("email", {"a": 1}),
        ("password", "short"),
        ("password", "12345678901"),
        ("password", "password"),
        ("password", "dana@example.com"),
        ("password", "x" * 1025),
        ("password", "nul\x00nul\x00nul"),
        ("password", True),
    ],
)
def test_what_is_wrong_is_named_by_its_field(client: APIClient, field: str, value: object) -> None:
    response = client.post("/api/auth/signup", DANA | {field: value}, format="json")
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not User.objects.exists()


@pytest.mark.parametrize("field", ["name", "email", "password"])
def test_what_is_missing_is_named(client: APIClient, field: str) -> None:
    body = {name: value for name, value in DANA.items() if name != field}
    assert list(client.post("/api/auth/signup", body, format="json").json()) == [field]


def test_an_address_has_one_account_whatever_its_case(client: APIClient, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(email="Alice@Example.com")
    response = client.post("/api/auth/signup", DANA | {"email": "aLICE@example.com"}, format="json")
    assert response.status_code == 400
    assert list(response.json()) == ["email"]


def test_nobody_makes_themselves_staff(client: APIClient) -> None:
    extra = {"is_staff": True, "is_superuser": True, "id": 77, "username": "root", "is_active": False}
    assert client.post("/api/auth/signup", DANA | extra, format="json").status_code == 201
    dana = User.objects.get()
    assert (dana.is_staff, dana.is_superuser, dana.is_active) == (False, False, True)
    assert dana.username == "dana"


def test_a_password_keeps_the_spaces_at_its_ends(client: APIClient) -> None:
    client.post("/api/auth/signup", DANA | {"password": "  two spaces  "}, format="json")
    assert User.objects.get().check_password("  two spaces  ")


def test_an_old_token_does_not_stand_in_the_way(client: APIClient) -> None:
    client.credentials(HTTP_AUTHORIZATION="Bearer long-dead")
    assert client.post("/api/auth/signup", DANA, format="json").status_code == 201
