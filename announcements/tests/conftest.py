"""Alice is on the staff; bob belongs to the private group with her, chloe is a stranger to it."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import User
from announcements import actions
from announcements.models import Announcement
from community.models import Group

Draft = Callable[..., Announcement]


@pytest.fixture(autouse=True)
def no_threads(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain


@pytest.fixture
def alice(alice: User) -> User:
    alice.is_staff = True
    alice.save()
    return alice


@pytest.fixture
def draft(alice: User, bob: User, chloe: User) -> Draft:
    """One of Alice's, for everybody unless it says otherwise."""

    def draft(**fields: Any) -> Announcement:
        words = {"title": "No water on Friday", "content": "From **nine** to noon.", "audience": "everybody"}
        return actions.write(alice, **(words | fields))

    return draft


@pytest.fixture
def told(draft: Draft, alice: User) -> Draft:
    """The same, told."""
    from notifications.outbox import pipeline

    def told(**fields: Any) -> Announcement:
        announcement = actions.send(alice, draft(**fields))
        pipeline.drain()
        return announcement

    return told


@pytest.fixture
def for_the_group(group: Group) -> dict[str, Any]:
    return {"audience": "group", "group": group}
