"""One's own phone number, by the API. What the code of it is good for: test_phone_codes.py."""

from collections.abc import Callable

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.test_phone_page import PHONE, code_in, texts
from audit.models import Entry
from conftest import PASSWORD
from notifications.channels import texting as gateway

pytestmark = pytest.mark.django_db(transaction=True)
Api = Callable[[User | None], APIClient]
OWN, PROVE = "/api/users/me/phone", "/api/users/me/phone/verify"
__all__ = ["texts"]  # a fixture


def test_a_number_is_proven_and_goes(texts: list[gateway.Text], alice: User, bob: User, api: Api) -> None:
    client, body = api(alice), {"phone": "0049 151 0000001"}
    assert client.get(OWN).json() == {"phone": None, "verified_at": None}
    refused = client.post(OWN, body | {"password": "wrong-wrong"}, format="json")
    assert (refused.status_code, list(refused.json()), texts) == (400, ["password"], [])
    assert client.post(OWN, body | {"password": PASSWORD}, format="json").status_code == 200
    code = code_in(texts[-1])
    for person, otp in ((bob, code), (alice, "none")):
        wrong = api(person).post(PROVE, body | {"otp": otp}, format="json")
        assert (wrong.status_code, list(wrong.json())) == (400, ["otp"])
    proven = client.post(PROVE, body | {"otp": code}, format="json").json()
    assert (proven["phone"], proven) == (PHONE, client.get(OWN).json())
    for _ in range(2):
        assert client.delete(OWN).status_code == 204
    assert client.get(OWN).json()["phone"] is None
    own = Entry.objects.filter(action__startswith="phone_").order_by("pk")
    assert list(own.values_list("action", flat=True)) == ["phone_proven", "phone_removed"]


def test_without_text_messages_there_is_none(settings: Settings, alice: User, api: Api) -> None:
    settings.SMS_BACKEND = ""
    client = api(alice)
    answers = [
        client.get(OWN),
        client.delete(OWN),
        *(client.post(path, {}, format="json") for path in (OWN, PROVE)),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
