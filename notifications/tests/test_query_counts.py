"""A batch takes a fixed number of statements, whatever its size."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from conftest import MakeUser
from notifications.models import Event, Notification
from notifications.outbox import pipeline, workers
from notifications.rendering import render

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def statements_for(likes: int, make_user: MakeUser, alice: User) -> int:
    posts = [actions.create_post(alice, f"Post {n} of {likes}") for n in range(likes)]
    for n, post in enumerate(posts):
        fan = make_user(f"fan-{likes}-{n}")
        actions.react(fan, post)
        actions.react(fan, posts[0])
        actions.comment(fan, post, "Well said")
    worker = workers.register()
    with CaptureQueriesContext(connection) as captured:
        assert pipeline.expand_next(worker)
    assert not Event.objects.filter(state="pending").exists()
    workers.leave(worker)
    return len(captured)


def test_a_batch_of_likes_and_comments(make_user: MakeUser, alice: User, settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"
    few, many = statements_for(2, make_user, alice), statements_for(15, make_user, alice)

    assert few == many <= 24


def test_showing_a_page_of_the_inbox(post: Post, alice: User, make_user: MakeUser) -> None:
    counts = []
    for round_number in range(2):
        for n in range(1 + 10 * round_number):
            person = make_user(f"p{round_number}-{n}")
            own = actions.create_post(alice, f"Mine {round_number} {n}")
            actions.react(person, own)
            actions.comment(person, own, f"Hello @alice {n}")
            actions.bookmark(person, own)
        rows = list(Notification.objects.of(alice).newest_first())
        with CaptureQueriesContext(connection) as captured:
            assert len(render(rows, alice)) == len(rows)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 6
