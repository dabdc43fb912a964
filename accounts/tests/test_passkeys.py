"""Coming in by what a device signed, and by nothing that only looks like it."""

import json
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.factors import actions
from accounts.models import User
from conftest import PASSWORD

from .a_passkey import Device

pytestmark = pytest.mark.django_db
TWO_STEP, ADD = "/accounts/security/two-step/", "/accounts/security/two-step/passkeys/add/"
IN, STEP = "/accounts/login/passkey/", "/accounts/login/second-step/"
NOT_IN = "/accounts/login/"


def options_on(page: Any) -> dict[str, Any]:
    shown = unescape(page.content.decode().split('data-passkey-options="')[1].split('"')[0])
    read: dict[str, Any] = json.loads(shown)
    return read


@pytest.fixture
def browser(alice: User, browse: Callable[[User], Client]) -> Client:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    client = browse(alice)
    client.post(f"/accounts/reauthenticate/?next={ADD}", {"password": PASSWORD})
    return client


@pytest.fixture
def device(browser: Client) -> Device:
    device = Device()
    answer = device.makes(options_on(browser.get(ADD)))
    assert browser.post(ADD, {"name": "My phone", "credential": answer})["Location"] == f"{TWO_STEP}codes/"
    return device


def come_in(device: Device, owner: User, client: Client | None = None, **differently: Any) -> str:
    """Where one is led."""
    client = client or Client()
    signed = device.signs(client.get(IN).json(), owner, **differently)
    return str(client.post(IN, {"credential": signed, "next": "/groups/"})["Location"])


def test_whoever_has_it_needs_neither_password_nor_code(device: Device, alice: User) -> None:
    client = Client()
    assert come_in(device, alice, client) == "/groups/"
    assert client.get("/accounts/profile/").wsgi_request.user == alice
    assert Authenticator.objects.get(user=alice, type="webauthn").last_used_at


def test_it_is_the_second_step_after_a_password(device: Device, alice: User) -> None:
    client = Client()
    assert client.post(NOT_IN, {"login": "alice", "password": PASSWORD})["Location"] == STEP
    signed = device.signs(options_on(client.get(STEP)), alice)
    assert client.post(STEP, {"credential": signed}).status_code == 302
    assert client.get("/accounts/profile/").status_code == 200


@pytest.mark.parametrize("differently", [{"origin": "https://evil.example"}, {"without_a_finger": True}])
def test_what_was_signed_elsewhere_or_by_no_finger_lets_nobody_in(
    device: Device, alice: User, differently: dict[str, Any]
) -> None:
    assert come_in(device, alice, **differently) == NOT_IN


def test_another_device_another_person_and_an_old_question_let_nobody_in(
    device: Device, alice: User, bob: User
) -> None:
    assert come_in(Device(), alice) == NOT_IN  # the number of hers, and another key
    assert come_in(device, bob) == NOT_IN
    client, stranger = Client(), Client()
    signed = device.signs(client.get(IN).json(), alice)
    assert stranger.post(IN, {"credential": signed})["Location"] == NOT_IN
    stranger.get(IN)
    assert stranger.post(IN, {"credential": signed})["Location"] == NOT_IN


def test_one_that_was_removed_or_whose_owner_is_suspended_lets_nobody_in(
    browser: Client, device: Device, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert come_in(device, alice) == "/accounts/inactive/"
    User.objects.filter(pk=alice.pk).update(is_active=True)
    passkey = Authenticator.objects.get(type="webauthn")
    assert browser.post(f"{TWO_STEP}passkeys/{passkey.pk}/remove/")["Location"] == TWO_STEP
    assert come_in(device, alice) == NOT_IN


def test_it_has_the_name_that_its_owner_gives_it(browser: Client, device: Device, bob: User) -> None:
    passkey = Authenticator.objects.get(type="webauthn")
    browser.post(f"{TWO_STEP}passkeys/{passkey.pk}/", {"name": "Old <phone>"})
    assert "Old &lt;phone&gt;" in browser.get(TWO_STEP).content.decode()
    Authenticator.objects.filter(pk=passkey.pk).update(user=bob)
    assert browser.post(f"{TWO_STEP}passkeys/{passkey.pk}/", {"name": "Mine"}).status_code == 404


def test_only_what_was_understood_is_kept_of_an_answer(browser: Client) -> None:
    sent = json.loads(Device().makes(options_on(browser.get(ADD))))
    sent |= {"more": "words\x00", "clientExtensionResults": {"more": "words"}}
    browser.post(ADD, {"name": "", "credential": json.dumps(sent)})
    kept = json.dumps(Authenticator.objects.get(type="webauthn").data)
    assert "words" not in kept
    assert "\\u0000" not in kept


HOSTILE = [
    "", "null", "[]", "{}", "1e999", '"x"', "[" * 5000, '{"id": {}}', '{"rawId": 1, "response": []}',
    '{"id": "x", "rawId": "x", "response": {"clientDataJSON": "x", "attestationObject": "x"}}',
    '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"clientDataJSON": "e30",'
    ' "authenticatorData": "AAAA", "signature": "AA", "userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}}',
    '{"id": "eA", "rawId": "eA", "response": {"userHandle": null}}',
    '{"id": "\\ud800"}', "a\x00b", "x" * 20_001,
]  # fmt: skip


@pytest.mark.parametrize("path", [IN, STEP, ADD])
def test_what_is_none_is_refused_and_breaks_nothing(browser: Client, device: Device, path: str) -> None:
    client = Client()
    if path == STEP:
        client.post(NOT_IN, {"login": "alice", "password": PASSWORD})
    client = browser if path == ADD else client
    client.get(path)
    for answer in HOSTILE:
        assert client.post(path, {"credential": answer}).status_code in {302, 422}, answer[:80]
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    assert actions.passkeys_of(User.objects.get()).get().last_used_at is None
