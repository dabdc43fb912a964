"""Alice's post is flagged by bob and reviewed by dora, who is of the staff; chloe is a stranger."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from accounts.models import User
from community.models import Post
from conftest import MakeUser
from moderation import actions
from moderation.models import Case
from moderation.subjects import Thing, subject_of

FlagIt = Callable[..., Case]


@pytest.fixture(autouse=True)
def no_threads(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain


@pytest.fixture
def dora(make_user: MakeUser) -> User:
    return make_user("dora", is_staff=True)


@pytest.fixture
def flagged() -> FlagIt:
    def flagged(thing: Thing, by: User, reason: str = "spam", words: str = "") -> Case:
        return actions.flag(by, subject_of(thing), reason, words).case

    return flagged


@pytest.fixture
def case(flagged: FlagIt, post: Post, bob: User, dora: User) -> Case:
    return flagged(post, bob)
