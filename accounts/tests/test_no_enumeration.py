"""Nobody learns at any door whether an address has an account: the answers are the same, and as much is done.

CHAOS=full also takes the time, of 500 pairs at each door: that of the processor, which is all that a door
waits for, so that a busy machine proves nothing wrong.
"""

import os
import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
Door = Callable[[str, User], Any]
PAIRS = 500
SECONDS, SHARE = 0.005, 0.03


def by_page(email: str, chloe: User) -> Any:
    return Client().post("/accounts/login/", {"login": email, "password": "wrong-wrong"})


def by_api(email: str, chloe: User) -> Any:
    return APIClient().post("/api/auth/signin", {"email": email, "password": "wrong-wrong"}, format="json")


def sign_up(email: str, chloe: User) -> Any:
    form = {"name": "Nora", "email": email, "password1": "a-long-way-to-the-pear-tree"}
    return Client().post("/accounts/signup/", form)


def sign_up_and_look(email: str, chloe: User) -> Any:
    client = Client()
    form = {"name": "Nora", "email": email, "password1": "a-long-way-to-the-pear-tree"}
    client.post("/accounts/signup/", form)
    return client.get("/accounts/confirm-email/")


def forget_the_password(email: str, chloe: User) -> Any:
    return Client().post("/accounts/password/reset/", {"email": email})


def move_to(email: str, chloe: User) -> Any:
    client = Client()
    client.force_login(chloe, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session  # as somebody who has just typed their password
    proof = {"method": "password", "at": time.time(), "reauthenticated": True}
    session["account_authentication_methods"] = [proof]
    session["account_authentication_methods_user"] = str(chloe.pk)
    session.save()
    return client.post("/accounts/email/", {"email": email, "action_add": ""})


def ask_for_a_code(email: str, chloe: User) -> Any:
    return Client().post("/accounts/login/code/", {"to": email})


def ask_for_a_code_by_api(email: str, chloe: User) -> Any:
    return APIClient().post("/api/auth/request-code", {"email": email}, format="json")


def forget_the_password_by_api(email: str, chloe: User) -> Any:
    return APIClient().post("/api/auth/request-password-reset", {"email": email}, format="json")


def ask_for_the_newsletter(email: str, chloe: User) -> Any:
    return Client().post("/newsletter/", {"email": email})


DOORS: list[Door] = [
    by_page, by_api, sign_up, sign_up_and_look, forget_the_password, move_to, ask_for_the_newsletter,
    ask_for_a_code, ask_for_a_code_by_api, forget_the_password_by_api,
]  # fmt: skip


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What passwords were hashed, which is what takes the time."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    return hashed


@pytest.mark.parametrize("door", DOORS)
def test_a_known_and_an_unknown_address_get_one_answer(
    door: Door, alice: User, chloe: User, hashed: list[str]
) -> None:
    seen, done = [], []
    for email in ("alice@example.com", "nobod@example.com"):
        hashed.clear()
        mail.outbox.clear()
        seen.append(as_seen(door(email, chloe), email))
        done.append((list(hashed), [message.to for message in mail.outbox if message.to == [email]]))
    assert seen[0] == seen[1]
    assert done[0][0] == done[1][0]
    assert len(done[0][1]) == len(done[1][1])


def as_seen(response: Any, email: str) -> Any:
    """All that a program could compare; of what is random by design, its length."""
    body = response.content.decode().replace(email, "EMAIL")
    body = re.sub(r'name="csrfmiddlewaretoken" value="(\w+)"', lambda found: f"<{len(found[1])}>", body)
    body = re.sub(r"(csrf|X-CSRFToken)[^\w]+(\w{64})", r"\1", body)
    headers = {name: value.replace(email, "EMAIL") for name, value in response.headers.items()}
    headers["X-Request-ID"] = re.sub(r"\w", "x", headers["X-Request-ID"])
    headers["Expires"] = re.sub("[0-9]", "", headers.get("Expires", ""))
    cookies = {name: (len(cookie.value), cookie["path"]) for name, cookie in response.cookies.items()}
    return response.status_code, headers, cookies, body


def test_whoever_has_an_account_is_told_by_mail_and_in_no_other_way(alice: User) -> None:
    sign_up("Alice@example.com", alice)
    [message] = mail.outbox
    assert message.to == ["alice@example.com"]
    assert "account" in message.subject
    assert User.objects.get(email="alice@example.com").check_password(PASSWORD)


def test_whoever_signs_up_comes_in_by_the_link_in_the_mail_and_later_by_password() -> None:
    client = Client()
    form = {"name": "Nora", "email": "nora@example.com", "password1": "a-long-way-to-the-pear-tree"}
    client.post("/accounts/signup/", form)
    assert "_auth_user_id" not in client.session
    [message] = mail.outbox
    [link] = re.findall(r"^https?://\S+/confirm-email/\S+$", str(message.body), re.MULTILINE)
    path = "/" + link.split("/", 3)[3]
    client.get(path)
    assert "_auth_user_id" not in client.session  # programs follow links as well
    client.post(path)
    assert "_auth_user_id" in client.session
    later = Client().post("/accounts/login/", {"login": form["email"], "password": form["password1"]})
    assert later.status_code == 302
    assert later["Location"] == "/"


def test_whoever_came_in_by_the_api_may_leave_their_address_unproven() -> None:
    body = {"name": "Nora", "email": "nora@example.com", "password": PASSWORD}
    token = APIClient().post("/api/auth/signup", body, format="json").json()["token"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    client.post("/api/users/me/verification/email/send")
    answer = Client().post("/accounts/login/", {"login": "nora@example.com", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_one_address_gets_one_mail_a_minute_and_five_an_hour_whatever_asks_for_it(
    settings: Any, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rates = "1/m/key,5/h/key"
    settings.ACCOUNT_RATE_LIMITS = {"signup": None, "reset_password": rates, "confirm_email": rates}
    began = timezone.now()
    for minute in range(0, 58, 8):
        for second in (0, 30):
            now = began + timedelta(minutes=minute, seconds=second)
            monkeypatch.setattr(timezone, "now", lambda now=now: now)
            for door in (sign_up, forget_the_password):
                door("alice@example.com", alice)
                door("nobod@example.com", alice)
    sent = [message.to[0] for message in mail.outbox]
    assert {address: sent.count(address) for address in sent} == {
        "alice@example.com": 5, "nobod@example.com": 5,
    }  # fmt: skip


class Slower(MD5PasswordHasher):
    """Takes as long as hashing does on a real site, within what a test has time for."""

    algorithm = "slower"

    def encode(self, password: str, salt: str) -> str:
        import hashlib

        hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 30_000)
        return super().encode(password, salt)


if os.environ.get("CHAOS") == "full":

    @pytest.mark.timeout(1200)
    @pytest.mark.parametrize("door", DOORS)
    def test_the_answer_takes_as_long(door: Door, settings: Any, alice: User, chloe: User) -> None:
        settings.PASSWORD_HASHERS = ["accounts.tests.test_no_enumeration.Slower"]
        for person in (alice, chloe):
            person.set_password(PASSWORD)
            person.save()
        taken: dict[bool, list[float]] = {True: [], False: []}
        for number in range(2 * PAIRS):
            known = bool(number % 2)
            began = time.thread_time()
            door("alice@example.com" if known else f"n{number:04d}@example.com", chloe)
            taken[known].append(time.thread_time() - began)
        one, other = (statistics.median(taken[known]) for known in (True, False))
        print(f"{door.__name__}: known {one * 1000:.1f} ms, unknown {other * 1000:.1f} ms")
        assert abs(one - other) <= max(SECONDS, SHARE * max(one, other))
