"""Signing in by a code that is mailed, by page and API. How codes are judged: test_phone_codes.py."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import PhoneCode, User
from accounts.phones import codes
from audit.models import Entry

pytestmark = pytest.mark.django_db
ADDRESS = "alice@example.com"


def mailed() -> str:
    found = re.search(r"^    (\S+)$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def by_api(path: str, **body: str) -> tuple[int, dict[str, object]]:
    answer = APIClient().post(f"/api/auth/{path}", body, format="json")
    return answer.status_code, answer.json()


def test_it_lets_in_once_and_proves_the_address(alice: User) -> None:
    client = Client()
    client.post("/accounts/login/code/", {"to": "Alice@Example.com", "next": "/bookmarks/"})
    [message] = mail.outbox
    assert message.to == [ADDRESS]
    code = mailed()
    kept = [*PhoneCode.objects.values(), client.session.items()]
    assert code.replace("-", "") not in str(kept).replace("-", "")
    EmailAddress.objects.create(user=alice, email=ADDRESS, primary=True, verified=False)
    answer = client.post("/accounts/enter-code/", {"code": code.lower().replace("-", " ")})
    assert answer.headers["Location"] == "/bookmarks/"
    assert client.get("/accounts/profile/").status_code == 200
    assert EmailAddress.objects.get().verified
    assert by_api("verify-code", email=ADDRESS, code=code)[0] == 400
    assert list(Entry.objects.filter(action="sign_in").values_list("outcome", flat=True)) == [
        "done",
        "refused",
    ]


def test_the_api_gives_a_token_for_it(alice: User) -> None:
    assert by_api("request-code", email=ADDRESS)[0] == 200
    status, said = by_api("verify-code", email=ADDRESS, code=mailed())
    assert (status, set(said)) == (200, {"token", "user"})


def test_five_wrong_ones_make_the_right_one_worthless(alice: User) -> None:
    by_api("request-code", email=ADDRESS)
    code = mailed()
    wrong = [by_api("verify-code", email=ADDRESS, code="AAAAAA") for _ in range(codes.GUESSES)]
    assert {status for status, _said in wrong} == {400}
    assert by_api("verify-code", email=ADDRESS, code=code) == wrong[0]


def test_an_address_that_nobody_has_gets_the_same_answers(settings: Settings) -> None:
    said = by_api("request-code", email="nobody@example.com")
    assert said[0] == 200
    assert by_api("verify-code", email="nobody@example.com", code="AAAAAA")[0] == 400
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "1/m/key"}
    assert [by_api("request-code", email="who@example.com")[0] for _ in range(2)] == [200, 429]


def test_a_page_refuses_with_the_time_to_wait(alice: User, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"request_login_code": "1/m/key"}
    client = Client()
    client.post("/accounts/login/code/", {"to": ADDRESS})
    again = client.post("/accounts/login/code/", {"to": ADDRESS})
    assert again.status_code == 429
    assert "Retry-After" in again.headers


def test_no_other_site_is_led_to(alice: User) -> None:
    client = Client()
    client.post("/accounts/login/code/", {"to": ADDRESS, "next": "https://elsewhere.example/"})
    assert client.post("/accounts/enter-code/", {"code": mailed()}).headers["Location"] == "/"
