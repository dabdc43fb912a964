"""Signing in by a code that comes as a text message, and what guessing it gets anybody.

CHAOS=full guesses ten thousand times.
"""

import os
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Attempts, PhoneCode, User
from accounts.phones import codes, texting
from accounts.phones.actions import SIGN_IN
from notifications.channels import texting as gateway
from notifications.channels.base import Answer, Result

PHONE, UNKNOWN = "+491510000001", "+491510000002"
GUESSES = 10_000 if os.environ.get("CHAOS") == "full" else 400
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def texts(settings: Settings, monkeypatch: pytest.MonkeyPatch, alice: User) -> list[gateway.Text]:
    """What was handed over, to Alice's number."""
    User.objects.filter(pk=alice.pk).update(phone=PHONE, phone_verified_at=timezone.now(), language="de")
    taken: list[gateway.Text] = []

    def take(text: gateway.Text) -> Answer:
        taken.append(text)
        return Answer(Result.UNANSWERED)

    settings.SMS_BACKEND = "taken"
    monkeypatch.setitem(gateway.BACKENDS, "taken", take)
    return taken


def post(path: str, **body: str) -> tuple[int, dict[str, object]]:
    answer = APIClient().post(f"/api/auth/{path}", body, format="json")
    return answer.status_code, answer.json()


def code_in(text: gateway.Text) -> str:
    found = re.search(r"\n@localhost #(\d{6})\Z", text.words)
    assert found, text.words
    return found[1]


def test_a_code_signs_in_once(texts: list[gateway.Text], alice: User) -> None:
    assert post("request-otp", phone="0049 151 0000-001")[0] == 200
    [text] = texts  # an uncertain send is not repeated
    assert text.to == PHONE
    code = code_in(text)
    assert code not in str(list(PhoneCode.objects.values()))
    status, said = post("verify-otp", phone=PHONE, otp=code)
    assert (status, said["user"]["username"]) == (200, "alice")  # type: ignore[index] # JSON
    assert (
        APIClient(headers={"Authorization": f"Bearer {said['token']}"}).get("/api/users/me").status_code
        == 200
    )
    status, said = post("verify-otp", phone=PHONE, otp=code)
    assert (status, list(said)) == (400, ["otp"])


def test_a_number_that_nobody_has_gets_the_same_answer_and_no_text(texts: list[gateway.Text]) -> None:
    assert post("request-otp", phone=UNKNOWN) == post("request-otp", phone=PHONE)
    assert [text.to for text in texts] == [PHONE]
    assert PhoneCode.objects.count() == 2
    wrong = "000000" if code_in(texts[0]) != "000000" else "000001"
    assert post("verify-otp", phone=UNKNOWN, otp=wrong) == post("verify-otp", phone=PHONE, otp=wrong)


@pytest.mark.parametrize("change", [{"is_active": False}, {"phone_verified_at": None}])
def test_who_may_not_come_in_gets_none(
    texts: list[gateway.Text], alice: User, change: dict[str, object]
) -> None:
    User.objects.filter(pk=alice.pk).update(**change)
    assert post("request-otp", phone=PHONE)[0] == 200
    assert texts == []


def test_it_is_too_often_for_any_number(texts: list[gateway.Text], settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"verify_phone": "1/m/key"}
    for phone in (PHONE, UNKNOWN):
        assert [post("request-otp", phone=phone)[0] for _ in range(2)] == [200, 429]
    assert len(texts) == 1


def test_an_old_code_is_worth_nothing_and_is_not_sent(texts: list[gateway.Text], alice: User) -> None:
    long_ago = timezone.now() - codes.LIFETIME
    code, until = codes.new(SIGN_IN, PHONE, now=long_ago)
    texting.send(code, until, PHONE, lambda: alice)
    assert texts == []
    assert not codes.judge(SIGN_IN, PHONE, code)
    assert codes.judge(SIGN_IN, PHONE, code, now=long_ago + timedelta(minutes=9))


@pytest.mark.parametrize("path", ["request-otp", "verify-otp"])
def test_what_is_no_number_is_said_at_the_field(texts: list[gateway.Text], path: str) -> None:
    status, said = post(path, phone="call me", otp="1")
    assert (status, list(said)) == (400, ["phone"])


@pytest.mark.both_databases
def test_twenty_at_once_get_five_guesses_at_each_code(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Each code is what the sixth and every later guess at it says."""
    monkeypatch.setattr(secrets, "randbelow", lambda below: 7)
    judged: list[bool] = []

    def guess(number: int) -> bool:
        try:
            said = "000007" if number >= codes.GUESSES else f"{900_000 + number}"
            return codes.judge(SIGN_IN, PHONE, said)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        for _code in range(GUESSES // 40):
            codes.new(SIGN_IN, PHONE)
            assert not any(guess(number) for number in range(codes.GUESSES))
            judged += pool.map(guess, range(codes.GUESSES, 40))
            assert PhoneCode.objects.get().guesses == codes.GUESSES
    assert not any(judged)


@pytest.mark.both_databases
def test_the_right_one_said_by_many_at_once_is_good_once(db: None) -> None:
    code, _until = codes.new(SIGN_IN, PHONE)

    def say(_number: int) -> bool:
        try:
            return codes.judge(SIGN_IN, PHONE, code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(say, range(8))) == 1
    assert PhoneCode.objects.get().guesses <= codes.GUESSES


def test_without_text_messages_there_is_nothing(settings: Settings) -> None:
    settings.SMS_BACKEND = ""
    assert post("request-otp", phone=PHONE)[0] == post("verify-otp", phone=PHONE, otp="1")[0] == 404
    assert not Attempts.objects.exists()
