"""Many streams, and streams of people who behave badly: nothing is left behind, nobody else is harmed."""

import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.db import connection

from accounts.models import User
from community import actions
from conftest import MakeUser
from testing.site import Site
from testing.streams import PATIENCE_SECONDS, StreamClient

from .stream_scene import IN_ALL, PER_PERSON, Listener, all_of, metric, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
ABORTED = 1000 if os.environ.get("CHAOS") == "full" else 100


def process(site: Site, field: str) -> int:
    """From /proc: `Threads`, or `fds`."""
    if field == "fds":
        return len(open_files(site))
    return int(re.findall(rf"^{field}:\s+(\d+)", Path(f"/proc/{site.pid}/status").read_text(), re.M)[0])


def open_files(site: Site) -> list[str]:
    names = []
    for link in Path(f"/proc/{site.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            names.append(os.readlink(link))
    return names


def database_connections(site: Site) -> int:
    """Of the whole database, or open files of it where it is a file."""
    if connection.vendor == "sqlite":
        return sum(name == connection.settings_dict["NAME"] for name in open_files(site))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def warm_up(site: Site) -> None:
    """The threads for pages start, and connect, as they are first needed."""
    with ThreadPoolExecutor(24) as pool:
        answers = pool.map(
            lambda _: urlopen(f"{site.url}/readyz", timeout=PATIENCE_SECONDS).status, range(48)
        )
    assert set(answers) == {200}


def is_quiet(site: Site) -> bool:
    return metric(site, "belltower_streams_open") == 0


@pytest.fixture
def crowd(served: Site, make_user: MakeUser) -> list[Listener]:
    return [Listener(served, make_user(f"m{number}")) for number in range(IN_ALL // PER_PERSON)]


@pytest.mark.both_databases
def test_two_hundred_streams_take_no_thread_and_no_connection(served: Site, crowd: list[Listener]) -> None:
    warm_up(served)
    before = process(served, "Threads"), database_connections(served)
    with all_of([each.listen() for each in crowd for _ in range(PER_PERSON)]) as streams:
        for stream in streams:
            assert next(stream.events()).name == "connected"
        assert metric(served, "belltower_streams_open") == IN_ALL >= 200
        assert (process(served, "Threads"), database_connections(served)) == before
        with crowd[0].listen() as one_more:
            assert one_more.answer() == 503
            assert int(one_more.headers["retry-after"]) > 0
    wait_for(lambda: is_quiet(served))


@pytest.mark.chaos
def test_streams_that_are_broken_off_leave_nothing_behind(served: Site, crowd: list[Listener]) -> None:
    """S2, short: before the first byte, and in the middle."""
    wait_for(lambda: is_quiet(served))
    before = process(served, "fds")
    for number in range(ABORTED):
        crowd[number % len(crowd)].listen().abort()
    for number in range(ABORTED):
        stream = crowd[number % len(crowd)].listen()
        next(stream.events())
        stream.abort()
    wait_for(lambda: is_quiet(served))
    wait_for(lambda: process(served, "fds") <= before + 2)


def test_who_does_not_read_is_dropped_and_others_hear(served: Site, alice: User, bob: User) -> None:
    ana, ben = Listener(served, alice), Listener(served, bob)
    posts = [actions.create_post(alice, f"Post {n}", title="☃" * 150).pk for n in range(30)]
    with ana.listen(receive_bytes=2048) as sleeper, ana.listen() as reader:
        next(reader.events())
        next(sleeper.events())
        reading = threading.Thread(target=read_until_liked, args=(reader,), daemon=True)
        reading.start()
        comments = 0
        while metric(served, "belltower_streams_open") > 1:  # the system's own buffers fill up first
            assert comments < 300
            for post_id in posts:
                ben.ask("POST", f"/api/posts/{post_id}/comments", {"content": f"{comments} {'☃' * 400}"})
                comments += 1
        assert metric(served, 'belltower_streams_ended_total{reason="slow"}') >= 1
        ben.like(posts[0])
        reading.join(PATIENCE_SECONDS)
        assert not reading.is_alive()


def read_until_liked(stream: StreamClient) -> None:
    while stream.next("notification").data["type"] != "LIKE":
        pass
