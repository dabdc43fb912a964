"""How often somebody may try to come in: by address and by account, at each door, also with RATE_LIMITS=0."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
WRONG = "wrong-wrong"


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    """As on a real site, the general throttles being off."""
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "6/m/ip,3/m/key", "signup": "2/m/ip", "login": None}


def by_api(
    email: str, password: str = WRONG, address: str = "192.0.2.1", client: Any = None, **extra: Any
) -> Any:
    body = {"email": email, "password": password}
    client = client or APIClient()
    return client.post("/api/auth/signin", body, format="json", REMOTE_ADDR=address, **extra)


def by_page(
    login: str, password: str = WRONG, address: str = "192.0.2.1", client: Client | None = None
) -> Any:
    form = {"login": login, "password": password}
    return (client or Client()).post("/accounts/login/", form, REMOTE_ADDR=address)


def statuses(*answers: Any) -> list[int]:
    return [answer.status_code for answer in answers]


def test_an_address_is_stopped_whatever_accounts_it_tries() -> None:
    assert statuses(*(by_api(f"{n}@example.com") for n in range(7))) == [401] * 6 + [429]
    assert by_api("8@example.com", address="192.0.2.2").status_code == 401


def test_an_account_is_guarded_whatever_addresses_try(alice: User) -> None:
    spellings = ["alice@example.com", "ALICE@example.com", " \uff41lice@example.com "]
    answers = [by_api(spellings[n % 3], address=f"192.0.2.{n}") for n in range(4)]
    assert statuses(*answers) == [401, 401, 401, 429]
    stopped = by_api("alice@example.com", PASSWORD, address="192.0.2.9")
    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= 60
    assert list(stopped.json()) == ["detail"]


def test_pages_api_and_administration_count_together(alice: User) -> None:
    by_api("alice@example.com", address="192.0.2.1")
    by_page("alice@example.com", address="192.0.2.2")
    login = Client().get("/admin/login/", REMOTE_ADDR="192.0.2.3")
    assert login.url.startswith("/accounts/login/")  # type: ignore[attr-defined]
    by_page("Alice@Example.com", address="192.0.2.3")
    assert by_api("alice@example.com", PASSWORD, address="192.0.2.4").status_code == 429
    stopped = by_page("alice@example.com", PASSWORD, address="192.0.2.5")
    assert stopped.status_code == 429
    assert 0 < int(stopped["Retry-After"]) <= 60
    assert b"Please try again in a minute." in stopped.content
    assert b'name="login"' in stopped.content


def test_two_names_of_one_account_get_no_more_tries_and_do_not_betray_each_other(alice: User) -> None:
    for n in range(3):
        by_page("alice@example.com", address=f"192.0.2.{n}")
    by_name = [by_page("alice", PASSWORD, address=f"192.0.3.{n}") for n in range(3)]
    for n in range(3):
        by_page("nobody@example.com", address=f"192.0.4.{n}")
    of_nobody = [by_page("nobody", address=f"192.0.5.{n}") for n in range(3)]

    assert statuses(*by_name) == statuses(*of_nobody) == [200] * 3
    assert all("_auth_user_id" not in answer.client.session for answer in by_name)


def test_strangers_cannot_keep_out_an_owner_whose_browser_is_known(alice: User) -> None:
    known = Client()
    assert by_page("alice@example.com", PASSWORD, client=known).status_code == 302
    known.post("/accounts/logout/")
    for n in range(9):
        by_page("alice@example.com", address=f"192.0.2.{n}")
        by_page(f"{n}@example.com")  # also from the owner's own address
    assert by_page("alice@example.com", PASSWORD).status_code == 429
    assert by_page("alice", WRONG, client=known).status_code == 200
    assert by_page("alice@example.com", PASSWORD, client=known).status_code == 302


def test_a_known_browser_has_few_tries_as_well_and_knows_no_other_account(alice: User, bob: User) -> None:
    known = Client()
    by_page("alice", PASSWORD, client=known)
    known.post("/accounts/logout/")
    assert statuses(*(by_page("alice", client=known) for _n in range(4))) == [200] * 3 + [429]
    for n in range(3):
        by_page("bob", address=f"192.0.2.{n}")
    assert by_page("bob", PASSWORD, client=known).status_code == 429


def test_a_new_password_and_a_forged_cookie_make_a_browser_unknown(alice: User) -> None:
    known = Client()
    by_page("alice", PASSWORD, client=known)
    known.post("/accounts/logout/")
    for n in range(3):
        by_page("alice", address=f"192.0.2.{n}")
    cookie = known.cookies["known_device"].value
    for spoilt in (cookie[:-1] + ("A" if cookie[-1] != "A" else "B"), "x", "", "e30:a:b"):
        known.cookies["known_device"] = spoilt
        assert by_page("alice", PASSWORD, client=known).status_code == 429
    known.cookies["known_device"] = cookie
    alice.set_password("another-horse-battery")
    alice.save()
    assert by_page("alice", "another-horse-battery", client=known).status_code == 429


def test_a_session_stays_open_and_its_owner_can_still_prove_who_they_are(alice: User) -> None:
    inside = Client()
    inside.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    for n in range(9):
        by_page("alice", address=f"192.0.2.{n}")
    assert inside.get("/notifications/").status_code == 200
    assert inside.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


def test_rightful_sign_ins_are_not_counted(alice: User) -> None:
    assert statuses(*(by_api("alice@example.com", PASSWORD) for _n in range(8))) == [200] * 8
    assert statuses(*(by_page("alice", PASSWORD) for _n in range(8))) == [302] * 8


def test_a_malformed_attempt_is_not_counted() -> None:
    answers = [APIClient().post("/api/auth/signin", {}, format="json") for _n in range(8)]
    assert statuses(*answers) == [400] * 8


def test_sign_ups_are_counted_by_address_at_both_doors() -> None:
    body = {"name": "N", "email": "1@example.com", "password": PASSWORD}
    first = APIClient().post("/api/auth/signup", body, format="json")
    form = {"name": "N", "email": "2@example.com", "password1": PASSWORD}
    second = Client().post("/accounts/signup/", form)
    third = Client().post("/accounts/signup/", form | {"email": "3@example.com"})
    fourth = APIClient().post("/api/auth/signup", body | {"email": "4@example.com"}, format="json")

    assert statuses(first, second, third, fourth) == [201, 302, 429, 429]
    assert 0 < int(third["Retry-After"]) <= 60
    assert b"Please try again in a minute." in third.content
    assert User.objects.count() == 2


def test_few_addresses_can_be_tried_by_signing_up_and_then_none_is_answered(
    settings: Any, alice: User, bob: User, chloe: User
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"signup_taken": "2/h/ip", "confirm_email": "1/m/key"}
    body = {"name": "N", "password": PASSWORD}
    emails = ["alice@example.com", "Alice@Example.com", "bob@example.com", "new@example.com"]
    answers = [
        APIClient().post("/api/auth/signup", body | {"email": email}, format="json") for email in emails
    ]
    assert statuses(*answers) == [400, 400, 429, 429]
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]
    assert not User.objects.filter(email="new@example.com").exists()


def test_a_forged_forwarding_header_is_no_other_address() -> None:
    answers = [by_api(f"{n}@example.com", headers={"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(7)]
    assert answers[-1].status_code == 429
