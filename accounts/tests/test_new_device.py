"""A sign-in from an unknown device is told of, and whoever says that it was not theirs is alone again."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from audit.models import Entry
from conftest import PASSWORD

from .a_passkey import Device
from .test_passkeys import ADD, NOT_IN, come_in, options_on

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


def link_of(said: str, page: str = "not-me") -> str:
    found = re.search(rf"http\S+?(/accounts/{page}/\S+)", said)
    assert found
    return found[1]


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
    link, anyone = link_of(told()[0]), Client()
    mail.outbox.clear()
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


def test_what_was_added_since_lets_nobody_in_and_what_is_older_stays(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    sign_in()
    thief, device = sign_in(), Device()
    thief.post(f"/accounts/reauthenticate/?next={ADD}", {"password": PASSWORD})
    thief.post(ADD, {"name": "Mine now", "credential": device.makes(options_on(thief.get(ADD)))})
    EmailAddress.objects.create(user=alice, email="thief@example.com")
    User.objects.filter(pk=alice.pk).update(phone="+491512345678", phone_verified_at=timezone.now())
    older = timezone.now() - timedelta(days=1)
    Authenticator.objects.create(user=alice, type="totp", data={}, created_at=older)
    assert come_in(device, alice) == "/groups/"
    assert Client().post(link_of(told()[0])).status_code == 200
    assert come_in(device, alice) == NOT_IN
    alice.refresh_from_db()
    assert (alice.phone, alice.phone_verified_at) == (None, None)
    assert list(Authenticator.objects.values_list("type", flat=True)) == ["totp"]
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [alice.email]
    said = Entry.objects.get(action="sign_in_disowned").metadata or {}
    assert (said.get("factors"), said.get("phone"), said.get("addresses")) == (2, True, 1)


def test_a_number_that_was_proven_before_stays(alice: User) -> None:
    alice.phone, alice.phone_verified_at = "+491512345678", timezone.now() - timedelta(days=1)
    alice.save()
    sign_in()
    sign_in()
    Client().post(link_of(told()[0]))
    alice.refresh_from_db()
    assert alice.phone == "+491512345678"


def test_a_thief_who_changes_address_and_password_and_leaves_gets_nothing(alice: User) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    sign_in()
    thief = sign_in()
    link = link_of(told()[0])
    thief.post("/accounts/reauthenticate/", {"password": PASSWORD})
    thief.post("/accounts/email/", {"email": "thief@example.com", "action_add": ""})
    thief.post(link_of(str(mail.outbox[-1].body), "confirm-email"))
    words = {"oldpassword": PASSWORD, "password1": "a-thief-chose-this"}
    thief.post("/accounts/password/change/", words | {"password2": words["password1"]})
    alice.refresh_from_db()
    assert alice.email == "thief@example.com"
    thief.post("/accounts/reauthenticate/", {"password": words["password1"]})
    thief.post("/accounts/leave/", {"content": "remove"})
    squatter = User.objects.create_user("squatter", "alice@example.com", PASSWORD)
    mail.outbox.clear()

    assert Client().post(link).status_code == 200
    alice.refresh_from_db()
    assert (alice.email, alice.is_active) == ("alice@example.com", True)
    assert list(EmailAddress.objects.filter(user=alice).values_list("email", "verified", "primary")) == [
        (alice.email, True, True)
    ]
    squatter.refresh_from_db()
    assert squatter.email == f"unproven-{squatter.pk}@invalid"
    assert [(message.subject, message.to) for message in mail.outbox] == [
        ("Your email address was changed", ["thief@example.com"]),
        ("Choose a new password", ["alice@example.com"]),
    ]
    thief.post("/accounts/password/reset/", {"email": "thief@example.com"})
    assert mail.outbox[-1].subject == "No account with this address"
    choose = thief.get(link_of(str(mail.outbox[1].body), "password/reset/key"))["Location"]
    thief.post(choose, {"password1": "hers-once-more", "password2": "hers-once-more"})
    assert Client().post(link).status_code == 404


def test_an_address_that_belongs_to_another_account_by_now_is_not_taken_from_it(
    alice: User, bob: User
) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    sign_in()
    sign_in()
    EmailAddress.objects.filter(user=alice).delete()
    EmailAddress.objects.create(user=bob, email=alice.email, verified=True)
    User.objects.filter(pk=alice.pk).update(email="new@example.com")
    assert Client().get(link_of(told()[0])).status_code == 404
