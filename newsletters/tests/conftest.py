"""Alice is on the staff; bob and dora subscribed; bob showed that his address is his."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from newsletters import actions, subscribing
from newsletters.models import Edition, Subscriber

Draft = Callable[..., Edition]
Subscribe = Callable[..., Subscriber]


@pytest.fixture(autouse=True)
def no_threads(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain
    cache.clear()  # of how often somebody tried


@pytest.fixture
def alice(alice: User) -> User:
    alice.is_staff = True
    alice.save()
    return alice


def prove(user: User) -> User:
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


@pytest.fixture
def bob(bob: User) -> User:
    subscribing.choose(prove(bob), wanted=True)
    return bob


@pytest.fixture
def dora(db: None) -> Subscriber:
    """Without an account."""
    return subscribed("dora@example.com")


def subscribed(address: str, **fields: Any) -> Subscriber:
    return Subscriber.objects.create(address=address, source="form", confirmed_at=timezone.now(), **fields)


@pytest.fixture
def draft(alice: User) -> Draft:
    """One of Alice's, for all subscribers unless it says otherwise."""

    def draft(**fields: Any) -> Edition:
        words = {"title": "Spring in the yard", "content": "The **seedlings** are here."}
        return actions.write(alice, **(words | fields))

    return draft
