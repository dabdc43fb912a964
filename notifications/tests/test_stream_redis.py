"""Several processes and a Redis between them: it makes streams fast, and its absence loses nothing."""

import threading
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from pytest_django import Settings

from accounts.models import User
from community import actions
from notifications.realtime.bus import Hint
from notifications.realtime.redis_bus import RedisBus
from testing.brokers import Broker
from testing.streams import PATIENCE_SECONDS, StreamClient

from .stream_scene import Listener, stream_site, wait_for

PEOPLE = frozenset({1, 2})


@pytest.fixture
def broker() -> Iterator[Broker]:
    broker = Broker()
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def buses(broker: Broker) -> Iterator[list[RedisBus]]:
    made = [RedisBus(broker.url) for _ in range(2)]
    yield made
    for bus in made:
        bus.close()


class Heard:
    def __init__(self, bus: RedisBus) -> None:
        self.hints: list[Hint] = []
        bus.listen(self.hints.append)
        wait_for(lambda: Hint(everybody=True) in self.hints)  # it has subscribed
        self.hints.clear()

    def of(self, hint: Hint) -> None:
        wait_for(lambda: hint in self.hints)


def test_each_process_hears_the_others_and_itself_once(buses: list[RedisBus]) -> None:
    one, other = buses
    here, there = Heard(one), Heard(other)
    one.publish(Hint(PEOPLE, access=frozenset({3})))
    there.of(Hint(PEOPLE, access=frozenset({3})))
    other.publish(Hint(everybody=True))
    here.of(Hint(everybody=True))

    assert here.hints == [Hint(PEOPLE, access=frozenset({3})), Hint(everybody=True)]
    assert there.hints == here.hints


def test_what_piles_up_is_said_in_one(buses: list[RedisBus]) -> None:
    one, other = buses
    there = Heard(other)
    for number in range(1000):
        one.publish(Hint(frozenset({number})))
    wait_for(lambda: {pk for hint in there.hints for pk in hint.changed} == set(range(1000)))
    assert len(there.hints) < 1000


def test_a_ticket_is_claimed_once_among_all(buses: list[RedisBus], broker: Broker) -> None:
    one, other = buses
    assert one.first_to_claim(["a", "b"]) == {"a", "b"}
    assert other.first_to_claim(["a", "c"]) == {"c"}
    broker.stop()
    assert other.first_to_claim(["a"]) == {"a"}


def test_a_redis_that_comes_back_is_heard_again(buses: list[RedisBus], broker: Broker) -> None:
    one, other = buses
    there = Heard(other)
    broker.stop()
    one.publish(Hint(PEOPLE))
    wait_for(lambda: one.state() != "ok" and other.state() != "ok")
    broker.start()
    there.of(Hint(everybody=True))  # for whatever was said meanwhile
    one.publish(Hint(frozenset({7})))
    wait_for(lambda: any(7 in hint.changed for hint in there.hints))
    assert one.state() == other.state() == "ok"


def test_who_commits_never_waits_for_redis(buses: list[RedisBus], broker: Broker) -> None:
    here = Heard(buses[0])
    broker.fall_silent()
    publishing = threading.Thread(target=publish_often, args=(buses[0],))
    publishing.start()
    publishing.join(PATIENCE_SECONDS)
    broker.go_on()
    assert not publishing.is_alive()
    assert len(here.hints) == 5000  # one's own streams are told without it


def publish_often(bus: RedisBus) -> None:
    for _ in range(5000):
        bus.publish(Hint(PEOPLE))


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.timeout(180)
@pytest.mark.django_db(transaction=True)
def test_two_processes_tell_each_others_streams_with_redis_and_without(
    broker: Broker, alice: User, bob: User, settings: Settings
) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"
    posts = [actions.create_post(alice, f"Post {number}").pk for number in range(3)]
    with stream_site(REDIS_URL=broker.url) as one, stream_site(REDIS_URL=broker.url) as other:
        ana, ben = Listener(one, alice), Listener(other, bob)
        ticket = f"/api/notifications/stream?ticket={ana.ticket()}"
        with StreamClient(one.port, {}, path=ticket) as stream:
            next(stream.events())
            with StreamClient(other.port, {}, path=ticket) as again:
                assert again.answer() == 401
            heard = []
            for post_id, trouble in zip(posts, (None, broker.fall_silent, broker.kill), strict=True):
                if trouble is not None:
                    trouble()
                ben.like(post_id)
                heard.append(stream.next("notification").data["target_id"])
            assert heard == posts
            assert "bus" in urlopen(f"{one.url}/readyz", timeout=PATIENCE_SECONDS).read().decode()
