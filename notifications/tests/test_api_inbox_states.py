"""/api/notifications: done, saved, snoozed, one by one and many at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from community.models import Group, Post
from notifications.inbox import actions as inbox
from notifications.inbox.states import Deed, state_of
from notifications.models import Notification

from .scenes import a_like, likes

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
LIST, BULK = "/api/notifications", "/api/notifications/bulk"
NOW = timezone.now()
TOMORROW = (NOW + timedelta(days=1)).isoformat()
STATES = ("read_at", "done_at", "saved_at", "snoozed_until")


@pytest.fixture
def row(alice: User, bob: User, post: Post) -> Notification:
    return a_like(alice, bob, post)


def set_states(shown: dict[str, Any]) -> set[str]:
    return {name for name in STATES if shown[name] is not None}


@pytest.mark.parametrize(
    ("sent", "are_set"),
    [
        ({}, set()),
        ({"read": True}, {"read_at"}),
        ({"done": True}, {"read_at", "done_at"}),
        ({"saved": True}, {"saved_at"}),
        ({"snoozed_until": TOMORROW}, {"snoozed_until"}),
        ({"saved": True, "done": True, "read": True}, {"read_at", "done_at", "saved_at"}),
        ({"read": False, "done": None, "saved": False, "snoozed_until": None}, set()),
    ],
)
def test_what_is_sent_is_set_and_unset_again(
    sent: dict[str, Any], are_set: set[str], alice: User, row: Notification, api: Api
) -> None:
    client, path = api(alice), f"{LIST}/{row.pk}"
    answers = [client.patch(path, sent, format="json") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert set_states(answers[0].json()) == are_set
    unset = client.patch(path, dict.fromkeys(sent), format="json").json()
    assert set_states(unset) == set()


def test_what_is_left_out_stays(alice: User, row: Notification, api: Api) -> None:
    inbox.do(alice, [row.pk], Deed.DONE)
    shown = api(alice).patch(f"{LIST}/{row.pk}", {"saved": True}, format="json").json()
    assert set_states(shown) == {"read_at", "done_at", "saved_at"}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"done": True, "read": False}, "read"),
        ({"done": True, "snoozed_until": TOMORROW}, "snoozed_until"),
        ({"snoozed_until": NOW.isoformat()}, "snoozed_until"),
        ({"snoozed_until": "3000-01-01T00:00:00Z"}, "snoozed_until"),
        ({"snoozed_until": "soon"}, "snoozed_until"),
        ({"snoozed_until": 5}, "snoozed_until"),
        ({"read": "yes"}, "read"),
        ({"saved": 1}, "saved"),
    ],
)
def test_what_makes_no_sense_is_named(
    sent: dict[str, Any], field: str, alice: User, row: Notification, api: Api
) -> None:
    response = api(alice).patch(f"{LIST}/{row.pk}", sent, format="json")
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert state_of(Notification.objects.get(pk=row.pk)) == state_of(row)


def test_anothers_is_not_there(row: Notification, chloe: User, api: Api) -> None:
    assert api(chloe).patch(f"{LIST}/{row.pk}", {"done": True}, format="json").status_code == 404
    assert state_of(Notification.objects.get(pk=row.pk)) == state_of(row)


@pytest.mark.parametrize("action", Deed.values)
def test_many_at_once_leave_out_what_is_not_ones_own(
    action: str, alice: User, bob: User, post: Post, api: Api
) -> None:
    mine = likes(alice, bob, post, 3)
    inbox.do(alice, [row.pk for row in mine], Deed.SAVE, Deed.DONE)
    Notification.objects.of(alice).update(snoozed_until=TOMORROW)
    theirs = a_like(bob, alice, post, number=7)
    ids = [*(row.pk for row in mine), theirs.pk, 10**6, 2**70, -1]
    body = {"ids": ids, "action": action} | ({"until": TOMORROW} if action == Deed.SNOOZE else {})
    response = api(alice).post(BULK, body, format="json")
    assert response.status_code == 200
    assert set(response.json()) == {"changed", "unread_count"}
    assert response.json()["changed"] <= 3
    assert state_of(Notification.objects.get(pk=theirs.pk)) == state_of(theirs)


def test_many_at_once_answer_how_many_changed(alice: User, bob: User, post: Post, api: Api) -> None:
    rows = likes(alice, bob, post, 3)
    body = {"ids": [row.pk for row in rows[:2]], "action": "done"}
    assert api(alice).post(BULK, body, format="json").json() == {"changed": 2, "unread_count": 1}
    assert api(alice).post(BULK, body, format="json").json() == {"changed": 0, "unread_count": 1}


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"ids": [], "action": "done"}, "ids"),
        ({"ids": list(range(101)), "action": "done"}, "ids"),
        ({"ids": ["x"], "action": "done"}, "ids"),
        ({"ids": "1", "action": "done"}, "ids"),
        ({"action": "done"}, "ids"),
        ({"ids": [1], "action": "burn"}, "action"),
        ({"ids": [1]}, "action"),
        ({"ids": [1], "action": "snooze"}, "until"),
        ({"ids": [1], "action": "snooze", "until": NOW.isoformat()}, "until"),
    ],
)
def test_a_wrong_word_about_many_is_named(sent: dict[str, Any], field: str, alice: User, api: Api) -> None:
    response = api(alice).post(BULK, sent, format="json")
    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_each_state_can_be_listed(alice: User, bob: User, post: Post, api: Api) -> None:
    new, read, done, saved, *asleep = likes(alice, bob, post, 6)
    inbox.mark_read(read)
    inbox.do(alice, [done.pk], Deed.DONE)
    inbox.do(alice, [saved.pk], Deed.DONE, Deed.SAVE)
    for hours, row in enumerate(asleep, 1):
        inbox.do(alice, [row.pk], Deed.SNOOZE, until=NOW + timedelta(hours=9 - hours))
    client = api(alice)

    def listed(query: str) -> list[int]:
        body = client.get(f"{LIST}?{query}").json()
        assert (body["total"], body["unread_count"]) == (len(body["notifications"]), 1)
        return [row["id"] for row in body["notifications"]]

    assert listed("") == listed("state=inbox") == [new.pk, read.pk]
    assert listed("state=unread") == listed("unread_only=1") == [new.pk]
    assert listed("state=done") == [done.pk, saved.pk]
    assert listed("state=saved") == [saved.pk]
    assert listed("state=saved&unread_only=1") == []
    assert listed("state=snoozed") == [row.pk for row in reversed(asleep)]
    following = client.get(f"{LIST}?state=snoozed&limit=1").json()["next"]
    assert [row["id"] for row in client.get(following).json()["notifications"]] == [asleep[0].pk]
    assert client.get(f"{LIST}?state=burnt").status_code == 400


def test_a_group_can_be_listed(bob: User, alice: User, group: Group, private_post: Post, api: Api) -> None:
    row = a_like(bob, alice, private_post)
    a_like(bob, alice, private_post, number=2)
    Notification.objects.filter(pk=row.pk).update(place_id=group.pk)
    body = api(bob).get(f"{LIST}?group={group.slug}&type=LIKE").json()
    assert [shown["id"] for shown in body["notifications"]] == [row.pk]
