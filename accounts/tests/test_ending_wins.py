"""Whatever a thief has under way when the owner ends everything does not land after it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from knox.models import AuthToken

from accounts.disowning import not_me_path
from accounts.limits import guesses
from accounts.models import User
from conftest import PASSWORD
from notifications import transactions

from .a_passkey import Device
from .test_new_device import link_of
from .test_passkeys import ADD, options_on

pytestmark = pytest.mark.django_db
PASSWORDS = {"oldpassword": PASSWORD, "password1": "a-thief-chose-this", "password2": "a-thief-chose-this"}


def passkey(thief: Client) -> tuple[str, dict[str, str]]:
    return ADD, {"name": "Mine now", "credential": Device().makes(options_on(thief.get(ADD)))}


def address(thief: Client) -> tuple[str, dict[str, str]]:
    return "/accounts/email/", {"email": "thief@example.com", "action_add": ""}


def proof_of_address(thief: Client) -> tuple[str, dict[str, str]]:
    thief.post(*address(thief))
    return link_of(str(mail.outbox[-1].body), "confirm-email"), {}


def password(thief: Client) -> tuple[str, dict[str, str]]:
    return "/accounts/password/change/", PASSWORDS


def password_by_mail(thief: Client) -> tuple[str, dict[str, str]]:
    Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    page = thief.get(link_of(str(mail.outbox[-1].body), "password/reset/key"))["Location"]
    return page, {"password1": "a-thief-chose-this", "password2": "a-thief-chose-this"}


def before_the_first_write(press: Callable[[], Any]) -> Callable[..., AbstractContextManager[None]]:
    """Whoever is about to begin a transaction is overtaken, once."""
    begin = transactions._in_turn
    pressed: list[bool] = []

    @contextmanager
    def overtaken(*, foreground: bool) -> Iterator[None]:
        if not pressed:
            pressed.append(True)
            press()
        with begin(foreground=foreground):
            yield

    return overtaken


@pytest.mark.parametrize("begin", [passkey, address, proof_of_address, password, password_by_mail])
def test_what_was_under_way_does_not_outlast_the_end_of_everything(
    alice: User,
    browse: Callable[[User], Client],
    monkeypatch: pytest.MonkeyPatch,
    begin: Callable[[Client], tuple[str, dict[str, str]]],
) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    thief, link = browse(alice), not_me_path(alice)
    thief.post(f"/accounts/reauthenticate/?next={ADD}", {"password": PASSWORD})
    path, words = begin(thief)
    pressed = before_the_first_write(lambda: Client().post(link))
    monkeypatch.setattr(transactions, "_in_turn", pressed)
    assert thief.post(path, words).status_code in {302, 400}
    assert Client().get(link).status_code == 404  # the owner was heard

    alice.refresh_from_db()
    assert not alice.has_usable_password()
    assert list(EmailAddress.objects.values_list("email", "primary")) == [("alice@example.com", True)]
    assert not Authenticator.objects.exists()
    assert thief.get("/accounts/profile/").status_code == 302


def test_a_token_is_not_made_for_a_password_that_was_right_a_moment_ago(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, link = guesses.judge, not_me_path(alice)

    def overtaken(*args: Any, **kwargs: Any) -> User | None:
        found = judge(*args, **kwargs)
        Client().post(link)
        return found

    monkeypatch.setattr(guesses, "judge", overtaken)
    words = {"email": "alice@example.com", "password": PASSWORD}
    assert Client().post("/api/auth/signin", words, "application/json").status_code == 401
    assert not AuthToken.objects.exists()
