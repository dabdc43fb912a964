"""Whoever opens the thing has read what the inbox says of it."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.models import Notification

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[[User], Client]


def unread(user: User) -> list[str]:
    return list(Notification.objects.of(user).unread().exclude(kind="LOGIN").values_list("kind", flat=True))


def test_opening_a_post_reads_what_is_about_it(post: Post, alice: User, bob: User, browse: Browse) -> None:
    actions.react(bob, post)
    assert unread(alice) == ["LIKE"]
    browse(alice).get(post.get_absolute_url())
    assert unread(alice) == []


def test_opening_a_group_reads_who_joined_it(group: Group, alice: User, browse: Browse) -> None:
    assert unread(alice) == ["GROUP_JOIN"]
    browse(alice).get(group.get_absolute_url())
    assert unread(alice) == []


def test_somebody_elses_visit_reads_nothing(post: Post, alice: User, bob: User, browse: Browse) -> None:
    actions.react(bob, post)
    browse(bob).get(post.get_absolute_url())
    assert unread(alice) == ["LIKE"]
