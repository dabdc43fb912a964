"""The machine stops at a random moment of load. What its disk holds then is opened as it is: it is whole, and
every like that was acknowledged is in it, with its event.

CHAOS=full: 200 moments. PostgreSQL is stopped in the midst of load by test_random_kills.py.
"""

import os
import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from conftest import MakeUser
from notifications.tests.stream_scene import wait_for
from testing.forks import Fork

MOMENTS = 200 if os.environ.get("CHAOS") == "full" else 4
LIKES = 50 * MOMENTS
SEED = int(os.environ.get("CHAOS_SEED", time.time_ns() % 100_000))
FANS = 5
TORN = 3000  # bytes of a page that was being written when the power went

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.chaos, pytest.mark.timeout(600)]

if connection.vendor == "sqlite":

    def test_every_copy_of_the_disk_is_whole_and_has_what_was_acknowledged(
        alice: User, make_user: MakeUser, tmp_path: Path, settings: Settings
    ) -> None:
        settings.NOTIFICATION_EXECUTOR = "threads"
        fans = [make_user(f"fan{number}") for number in range(FANS)]
        posts = [actions.create_post(alice, f"Post {number}") for number in range(LIKES // FANS)]
        acknowledged, chance = tmp_path / "acknowledged", random.Random(SEED)
        acknowledged.touch()
        missing = []
        with Fork(lambda: press(fans, posts, acknowledged)) as people, Fork() as dispatcher:
            wait_for(lambda: acknowledged.stat().st_size > 0)
            for moment in range(MOMENTS):
                time.sleep(chance.uniform(0, 0.1))
                people.freeze()
                dispatcher.freeze()
                likes = {tuple(line.split()) for line in acknowledged.read_text().splitlines()}
                copy = copy_of_the_disk(tmp_path, chance)
                people.thaw()
                dispatcher.thaw()
                missing += [(moment, like) for like in likes - what_is_in(copy)]
            assert dispatcher.leave() == 0
        assert missing == [], SEED


def press(fans: list[User], posts: list[Post], acknowledged: Path) -> None:
    with acknowledged.open("a", buffering=1) as file:
        while True:
            for post in posts:
                for fan in fans:
                    actions.react(fan, post)
                    file.write(f"{fan.pk} {post.pk}\n")


def copy_of_the_disk(folder: Path, chance: random.Random) -> Path:
    """The database and its log, at whose end lies the half of what was not acknowledged yet."""
    database, copy = Path(str(connection.settings_dict["NAME"])), folder / "copy.sqlite3"
    for ending in ("", "-wal"):
        shutil.copyfile(f"{database}{ending}", f"{copy}{ending}")
    with Path(f"{copy}-wal").open("ab") as log:
        log.write(chance.randbytes(TORN))
    return copy


def what_is_in(copy: Path) -> set[tuple[Any, ...]]:
    with closing(sqlite3.connect(copy)) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
        likes = opened.execute(
            "SELECT CAST(r.user_id AS TEXT), CAST(r.post_id AS TEXT) FROM community_postreaction r"
            " JOIN notifications_event e ON e.kind = 'LIKE' AND e.actor_id = r.user_id"
            " AND e.target_id = r.post_id"
        ).fetchall()
        all_likes = opened.execute("SELECT COUNT(*) FROM community_postreaction").fetchone()[0]
    assert len(likes) == all_likes, "a like has its event, or is not there"
    copy.with_name(f"{copy.name}-wal").unlink(missing_ok=True)
    return set(likes)
