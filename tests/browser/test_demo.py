"""The demo community, as the first start makes it for a newcomer."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from community.demo import script

POSTS = [post for place in script.read_places() for post in place.posts]
OF = "FROM notifications_notification WHERE recipient_id = (SELECT id FROM accounts_user WHERE username = ?)"


@pytest.fixture
def made(demo: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(demo)) as connection:
        yield connection


def count(made: sqlite3.Connection, rows: str, *values: str) -> int:
    [(number,)] = made.execute(f"SELECT count(*) {rows}", values)
    return int(number)


def test_every_post_and_comment_of_the_script_is_there(made: sqlite3.Connection) -> None:
    assert count(made, "FROM community_post") == len(POSTS)
    assert count(made, "FROM community_comment") == sum(len(post.comments) for post in POSTS)


@pytest.mark.parametrize("name", ["ana", "ben", "chloe"])
def test_whoever_signs_in_finds_a_full_inbox_with_some_of_it_unread(
    made: sqlite3.Connection, name: str
) -> None:
    assert count(made, OF, name) > 50
    assert (
        5
        < count(made, f"{OF} AND read_at IS NULL AND deleted_at IS NULL AND snoozed_until IS NULL", name)
        < 40
    )


@pytest.mark.parametrize("name", ["ana", "ben"])
def test_something_is_kept_asleep_and_done(made: sqlite3.Connection, name: str) -> None:
    for shelf in ("saved_at", "snoozed_until", "done_at"):
        assert count(made, f"{OF} AND {shelf} IS NOT NULL", name) > 0, shelf
