"""What is sent to many people at once is read in a fixed number of queries, and is what the API shows."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.models import User
from community import actions
from conftest import MakeUser
from notifications.api.serializers import NotificationSerializer
from notifications.models import Notification
from notifications.outbox import pipeline
from notifications.realtime import reading
from notifications.realtime.reading import as_json, read, with_language
from notifications.realtime.resume import Cursor, EventIds
from notifications.realtime.revisions import Snapshot
from notifications.rendering import render

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
START = Cursor(Snapshot(0))


@pytest.fixture(autouse=True)
def nothing_runs_by_itself(settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"


def lively(alice: User, make_user: MakeUser, count: int, name: str) -> list[User]:
    """People who each have news of every sort, of things of their own and of one that they share."""
    group = actions.create_group(alice, f"Group {name}", is_private=True)
    people = [make_user(f"{name}{number}") for number in range(count)]
    for person in people:
        actions.accept_request(alice, actions.join_group(person, group))
        own = actions.create_post(person, f"Of {person.username}")
        actions.react(alice, own)
        actions.bookmark(alice, own)
        said = actions.comment(person, own, f"Of {person.username}")
        actions.comment(alice, own, "Yes", parent=said)
        actions.comment(alice, own, f"Hello @{person.username}")
    actions.create_post(alice, f"For all of {name}", group=group)
    expand()
    return people


def expand() -> None:
    """Without the mails that would follow."""
    while pipeline.expand_next():
        pass


def test_a_fixed_number_of_queries_whatever_the_number_of_people(alice: User, make_user: MakeUser) -> None:
    counts, sent = [], []
    ids = EventIds("here")
    for size in (2, 7):
        people = lively(alice, make_user, size, f"m{size}x")
        asked = [(person.pk, START) for person in people]
        with CaptureQueriesContext(connection) as captured:
            answer = read(asked, [person.pk for person in people], ids)
        counts.append(len(captured))
        sent.append({portion.count for portion in answer.portions.values()})
        assert set(answer.unread.values()) == sent[-1]

    assert counts[0] == counts[1] <= 24
    assert sent[0] == sent[1]
    assert min(sent[0]) >= 5


def test_each_is_told_what_the_api_shows_them(alice: User, make_user: MakeUser) -> None:
    for person in lively(alice, make_user, 3, "m"):
        rows = list(with_language(Notification.objects.of(person)))
        shown = {item.notification.pk: NotificationSerializer(item).data for item in render(rows, person)}
        told = {pk: json.loads(text) for pk, text in as_json(rows).items()}
        assert told == shown
        assert [list(item) for item in told.values()] == [list(shown[pk]) for pk in told]


def told(data: bytes) -> list[str]:
    return [line for line in data.decode().splitlines() if line.startswith("data: ")]


def test_large_amounts_are_taken_in_halves(
    alice: User, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = lively(alice, make_user, 6, "m")
    asked = [(person.pk, START) for person in people]
    whole = read(asked, (), EventIds("here"))
    monkeypatch.setattr(reading, "AT_ONCE", 9)
    in_halves = read(asked, (), EventIds("here"))

    # The ids differ where anything else of the server was at work in between: they hold what was seen.
    assert {person: told(portion.data) for (person, _), portion in whole.portions.items()} == {
        person: told(portion.data) for (person, _), portion in in_halves.portions.items()
    }
    monkeypatch.setattr(reading, "REPLAYED", 3)
    assert all(portion.is_reset for portion in read(asked, (), EventIds("here")).portions.values())


def test_portions_of_a_replay_end_where_the_next_begins(
    alice: User, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when news come in between, and through the ids that a client would come back with."""
    [person] = lively(alice, make_user, 1, "m")
    ids = EventIds("here")
    expected = set(Notification.objects.of(person).values_list("pk", flat=True))
    monkeypatch.setattr(reading, "PORTION", 2)
    got: list[int] = []
    cursor, number = START, 0
    while True:
        [portion] = read([(person.pk, cursor)], (), ids).portions.values()
        events = [block.split("\n") for block in portion.data.decode().split("\n\n") if block]
        got += [json.loads(lines[2].removeprefix("data: "))["id"] for lines in events]
        if events:
            back = ids.read(person.pk, events[-1][1].removeprefix("id: "))
            assert back == portion.cursor
        if portion.is_all and not events:
            break
        cursor = portion.cursor
        if number < 3:
            number += 1
            news = actions.create_post(person, f"More {number}")
            actions.react(alice, news)
            expand()
            expected.add(Notification.objects.get(recipient=person, target_id=news.pk).pk)

    assert len(got) == len(set(got))
    assert set(got) == expected
