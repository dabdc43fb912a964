"""Several workers on one queue: each takes what no other has in hand."""

import pytest
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from notifications.models import Event
from notifications.outbox import pipeline, workers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(post: Post, bob: User, chloe: User, settings: Settings) -> list[int]:
    settings.NOTIFICATION_EXECUTOR = "threads"  # nobody is at work
    actions.react(bob, post)
    actions.react(chloe, post)
    return list(Event.objects.order_by("pk").values_list("pk", flat=True))


def pending() -> list[int]:
    return list(Event.objects.filter(state="pending").values_list("pk", flat=True))


def test_a_worker_passes_over_what_another_has_in_hand(waiting: list[int]) -> None:
    one, other = workers.register(), workers.register()
    workers.hold(one, waiting[:1])

    assert pipeline.expand_next(other)
    assert pending() == waiting[:1]


def test_what_is_left_in_the_hands_of_the_dead_is_served_at_once(waiting: list[int]) -> None:
    dead, other = workers.register(), workers.register()
    workers.hold(dead, waiting)

    assert pipeline.expand_next(other)
    assert pending() == []
