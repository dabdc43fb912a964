"""Streams that break, and those who held them come back: resets, half-open connections, proxies, restarts."""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException

import pytest
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import User
from community import actions
from community.models import Post
from testing.site import Site
from testing.streams import StreamClient

from .proxy import Proxy
from .stream_scene import Listener, all_of, stream_site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases, pytest.mark.engine]
FULL = os.environ.get("CHAOS") == "full"
PING_SECONDS = 1


@pytest.fixture(scope="module")
def _served(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Site]:
    with django_db_blocker.unblock():
        site = stream_site(STREAMS_PING_SECONDS=str(PING_SECONDS))
    with site:
        yield site


def posts(author: User, count: int) -> list[int]:
    return [actions.create_post(author, f"Post {number}").pk for number in range(count)]


class Reader:
    """Reads what comes from now on, and knows where it stood, as a browser does."""

    def __init__(self, listener: Listener) -> None:
        with listener.listen() as stream:
            self.last = next(stream.events()).id
        self.got: list[int] = []

    def read(self, stream: StreamClient, count: int) -> bool:
        """Until `count` more have come; False where the stream ended before."""
        goal = len(self.got) + count
        for event in stream.events():
            assert event.name != "reset"
            self.last = event.id or self.last
            # Housekeeping may find at any moment that alice was never welcomed.
            if event.name == "notification" and event.data["type"] == "LIKE":
                self.got.append(event.data["target_id"])
                if len(self.got) == goal:
                    return True
        return False


def like_whatever_happens(ben: Listener, post_ids: list[int]) -> None:
    for post_id in post_ids:
        while True:
            with suppress(OSError, HTTPException):
                ben.like(post_id)
                break
            time.sleep(0.1)  # the server restarts


def end(site: Site, *, kills: bool) -> None:
    site.kill() if kills else site.stop()


def restart(site: Site, *, kills: bool = False) -> None:
    """Once at the beginning: earlier tests emptied the database, by which it became another one."""
    end(site, kills=kills)
    site.start()


def test_random_disconnects_leave_no_gap(served: Site, alice: User, bob: User, chloe: User) -> None:
    """S1: whatever breaks a stream while news come in, alice gets each of hers once and nobody else's."""
    likes = 400 if FULL else 20
    if FULL:
        restart(served)
    ana, ben, chance = Listener(served, alice), Listener(served, bob), random.Random(7)
    mine, hers = posts(alice, likes), posts(chloe, likes // 10)
    liked = chance.sample([*mine, *hers], likes + likes // 10)
    reader = Reader(ana)
    liking = threading.Thread(target=like_whatever_happens, args=(ben, liked))
    liking.start()
    left_open: list[StreamClient] = []
    breaks = 0
    with Proxy(served.port, idle_seconds=PING_SECONDS / 4) as proxy:
        while len(reader.got) < likes:
            stream = ana.listen(reader.last, port=chance.choice((served.port, proxy.port)))
            reader.read(stream, min(chance.choice((1, 2)), likes - len(reader.got)))
            breaks += 1
            if FULL and breaks % 50 == 0:
                restart(served, kills=breaks % 100 == 0)
            match chance.randrange(3):
                case 0:
                    stream.close()
                case 1:
                    stream.abort()
                case _:
                    left_open.append(stream)
            if len(left_open) > 5:
                left_open.pop(0).abort()
    liking.join()
    for stream in left_open:
        stream.close()

    assert sorted(reader.got) == sorted(mine)
    assert breaks >= likes / 2


def test_pings_keep_a_stream_alive_in_a_proxy_that_cuts_what_is_silent(
    served: Site, alice: User, bob: User, settings: Settings
) -> None:
    ana, ben, mine = Listener(served, alice), Listener(served, bob), posts(alice, 1)
    idle_seconds = 4 * PING_SECONDS
    with Proxy(served.port, idle_seconds=idle_seconds) as proxy, ana.listen(port=proxy.port) as stream:
        for _ping in range(idle_seconds + 1):
            stream.next("ping")
        ben.like_all(mine)
        assert stream.next("notification").data["target_id"] == mine[0]
        assert proxy.cut == 0
    assert settings.STREAMS_PING_SECONDS == 30  # in CONTRACT; nginx cuts after 60


def test_a_stream_that_a_proxy_cut_goes_on_without_a_gap(served: Site, alice: User, bob: User) -> None:
    ana, ben, mine = Listener(served, alice), Listener(served, bob), posts(alice, 3)
    reader = Reader(ana)
    with Proxy(served.port, idle_seconds=PING_SECONDS / 4) as proxy:
        for post_id in mine:
            with ana.listen(reader.last, port=proxy.port) as stream:
                assert not reader.read(stream, len(mine))
                assert not stream.is_complete
            ben.like(post_id)
        assert proxy.cut == 3
    with ana.listen(reader.last) as stream:
        assert reader.read(stream, len(mine) - len(reader.got))

    assert reader.got == mine


@pytest.mark.parametrize("kills", [False, True] if FULL else [False])
def test_a_server_that_restarts_ends_all_streams_and_its_successor_goes_on(
    served: Site, alice: User, bob: User, kills: bool
) -> None:
    restart(served)
    ana, mine = Listener(served, alice), posts(alice, 3)
    reader = Reader(ana)
    with all_of([ana.listen() for _ in range(5)]) as streams:
        Listener(served, bob).like(mine[0])
        for stream in streams[1:]:
            stream.next("notification")
        assert reader.read(streams[0], 1)
        end(served, kills=kills)
        assert all(stream.is_ended() and (stream.is_complete or kills) for stream in streams)
    for post_id in mine[1:]:
        actions.react(bob, Post.objects.get(pk=post_id))
    served.start()
    with ana.listen(reader.last) as stream:
        assert reader.read(stream, 2)

    assert reader.got == mine
