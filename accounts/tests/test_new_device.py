"""A sign-in from an unknown device is told of, and whoever says that it was not theirs is alone again."""

import re

import pytest
from django.core import mail
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from audit.models import Entry
from conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
SUBJECT = "Somebody signed in on another device"


def sign_in(client: Client | None = None) -> Client:
    client = client or Client(headers={"user-agent": "X11; Linux Firefox/140.0"}, REMOTE_ADDR="192.0.2.7")
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    return client


def by_program(agent: str) -> APIClient:
    client = APIClient(headers={"user-agent": agent}, REMOTE_ADDR="192.0.2.8")
    body = {"email": "alice@example.com", "password": PASSWORD}
    token = client.post("/api/auth/signin", body, format="json").json()["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def told() -> list[str]:
    return [str(message.body) for message in mail.outbox if message.subject == SUBJECT]


def test_only_a_device_that_is_not_known_is_told_of(alice: User) -> None:
    first = sign_in()
    first.post("/accounts/logout/")
    sign_in(first)
    assert told() == []
    sign_in()
    [said] = told()
    assert "Firefox on Linux" in said
    assert "192.0.2.7" in said
    for _again in range(2):
        by_program("harvest/2")
    assert len(told()) == 2


def test_whoever_says_so_ends_all_and_chooses_a_new_password_by_mail(alice: User) -> None:
    mine, thief, program = sign_in(), sign_in(), by_program("harvest/2")
    found = re.search(r"http\S+(/accounts/not-me/\S+)", told()[0])
    assert found
    mail.outbox.clear()
    link, anyone = found[1], Client()
    assert anyone.get(link).status_code == 200
    assert thief.get("/accounts/profile/").status_code == 200  # opening it does nothing
    assert anyone.post(link).status_code == 200
    for client in (mine, thief):
        assert client.get("/accounts/profile/").status_code == 302
    assert program.get("/api/users/me").status_code == 401
    assert sign_in().get("/accounts/profile/").status_code == 302
    assert ["/password/reset/key/" in str(message.body) for message in mail.outbox] == [True]
    assert Entry.objects.filter(action="sign_in_disowned").count() == 1
    assert anyone.post(link).status_code == 404  # once
    assert anyone.get("/accounts/not-me/forged/").status_code == 404
