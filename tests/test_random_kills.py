"""SIGKILL of real processes at random moments while likes come in, by the executor of this run.

CHAOS=full: 25 kills of the server during 1,500 likes by threads; with NOTIFICATION_EXECUTOR=celery 100 kills
of server, worker, broker and database in turn during 10,000, and each neighbour going away five times.
"""

import os
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from django.db import DatabaseError, InterfaceError, connections
from django.test.utils import override_settings
from knox.models import AuthToken

from accounts.models import User
from community import actions
from community.models import Post, PostReaction
from notifications.models import Delivery, Event, Notification, Worker
from notifications.tests.smtp_server import SmtpServer
from notifications.tests.stream_scene import wait_for
from testing import postgresql
from testing.brokers import Broker, RabbitMQ
from testing.deployment import EXECUTOR, Spread, deployment
from testing.site import Site, database_url

FULL = os.environ.get("CHAOS") == "full"
SPREAD = EXECUTOR == "celery"
FANS = 6
KILLS, LIKES = {
    (True, True): (100, 9996),
    (True, False): (25, 1500),
    (False, True): (8, 150),
    (False, False): (3, 150),
}[FULL, SPREAD]
AWAY, LIKES_MEANWHILE = (5, 1800) if FULL else (2, 240)
PATIENCE_SECONDS = 90  # from the last kill to an empty queue
SEED = int(os.environ.get("CHAOS_SEED", time.time_ns() % 100_000))
SETTINGS = {
    "NOTIFICATION_RETRY_SECONDS": "2,2,2,2,2,2,2,2",
    "NOTIFICATION_LEASE_SECONDS": "5",
    "NOTIFICATION_REPEAT_SECONDS": "2",
    "NOTIFICATION_MAIL_PER_DOMAIN": "0",
}
Strike = Callable[[], None]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.chaos,
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(1800 if FULL else 240),
]


@dataclass
class Storm:
    """Several people press like on every post; whoever gets no answer, or is refused, presses again."""

    site: Site
    tokens: list[str]
    posts: list[int]
    acknowledged: list[tuple[int, int]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    allowed: int = 0  # likes by now, so that it lasts as long as it is struck at

    def run(self) -> None:
        threads = [threading.Thread(target=self._fan, args=(number,)) for number in range(len(self.tokens))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _fan(self, number: int) -> None:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {self.tokens[number]}"
        for post in random.Random(number).sample(self.posts, len(self.posts)):
            while len(self.acknowledged) >= self.allowed or not self._presses(session, post):
                time.sleep(0.05)
            self.acknowledged.append((number, post))

    def _presses(self, session: requests.Session, post: int) -> bool:
        began = time.monotonic()
        try:
            answer = session.post(f"{self.site.url}/api/posts/{post}/like", timeout=30)
        except requests.RequestException:
            return False
        if answer.status_code == 503:
            self.refused += 1  # the database is away
            return False
        assert answer.status_code == 200, answer.text
        self.seconds.append(time.monotonic() - began)
        return True


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        server.behaviour.seconds = 0.01
        yield server


def scene(*, posts: int) -> tuple[list[str], list[int]]:
    with override_settings(NOTIFICATION_EXECUTOR="threads"):
        fans = [
            User.objects.create_user(f"fan{n}", f"fan{n}@example.com", name=f"Fan {n}") for n in range(FANS)
        ]
        authors = [User.objects.create_user(f"a{n}", f"a{n}@example.com", name=f"A {n}") for n in range(10)]
        made = [actions.create_post(authors[n % 10], f"Post {n}").pk for n in range(posts)]
        tokens = [AuthToken.objects.create(user=fan)[1] for fan in fans]
    connections.close_all()
    return tokens, made


def settle() -> float:
    """Wait for the queues to be empty; answers how long that took."""
    began = time.monotonic()
    while time.monotonic() < began + PATIENCE_SECONDS:
        try:
            if not Event.objects.filter(state="pending").exists() and not Delivery.objects.open().exists():
                return time.monotonic() - began
        except (DatabaseError, InterfaceError):
            connections.close_all()
        time.sleep(0.2)
    pytest.fail(f"not settled after {PATIENCE_SECONDS} s (seed {SEED})")


def storm(site: Site, smtp: SmtpServer, strikes: list[Strike], *, likes: int, calm: float) -> None:
    """Strike again and again while people press, and see what became of it."""
    tokens, posts = scene(posts=likes // FANS)
    chance, storm = random.Random(SEED), Storm(site, tokens, posts)
    site.start()
    try:
        running = threading.Thread(target=storm.run)
        running.start()
        in_time = 0
        for number, strike in enumerate(strikes, 1):
            storm.allowed = len(tokens) * len(posts) * number // (len(strikes) + 1)
            time.sleep(chance.uniform(0.5, 1.2) * calm)
            in_time += running.is_alive()
            strike()
        storm.allowed = likes
        running.join()
        settled_in, mine = settle(), site.pids()
        stopped_in = site.stop()
    finally:
        site.end()
    copies = Counter(message["Message-ID"] for message in smtp.messages)
    uncertain = Delivery.objects.filter(state="uncertain").count()
    extra = sum(copies.values()) - len(copies)
    print(
        f"seed {SEED}: {in_time} of {len(strikes)} strikes in the storm, {len(storm.acknowledged)} likes,"
        f" {storm.refused} refused, {len(copies)} mails, {extra} extra copies, {uncertain} uncertain,"
        f" settled in {settled_in:.1f} s, stopped in {stopped_in:.1f} s, p95 {_p95(storm.seconds):.3f} s,"
        f" of the last hundred {_p95(storm.seconds[-100:]):.3f} s"
    )
    assert len(set(storm.acknowledged)) == len(tokens) * len(posts) == PostReaction.objects.count()
    assert Event.objects.filter(kind="LIKE", outcome="notified").count() == PostReaction.objects.count()
    rows = Notification.objects.filter(kind="LIKE")
    assert rows.count() == Post.objects.count()
    assert set(rows.values_list("actors_count", flat=True)) == {len(tokens)}
    assert max(copies.values()) <= 2
    assert len(copies) + uncertain >= Post.objects.count()
    assert extra <= len(strikes)
    assert stopped_in < 25
    assert not Worker.objects.filter(pid__in=mine).exists()
    assert not Delivery.objects.filter(state="sending").exists()


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def test_nothing_is_lost_and_nothing_comes_twice(
    smtp: SmtpServer, tmp_path: Path, transactional_db: None
) -> None:
    site = deployment(DATABASE_URL=database_url(), EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}", **SETTINGS)

    def kill_server() -> None:
        site.kill()
        site.start()

    targets: list[Strike] = [kill_server]
    if isinstance(site, Spread):
        targets += [site.kill_worker, site.kill_broker]
        targets += [postgresql.restart] if postgresql.is_ours() else []
    strikes = [targets[number % len(targets)] for number in range(KILLS)]
    storm(site, smtp, strikes, likes=LIKES, calm=1.0)


if SPREAD:

    @pytest.mark.parametrize("neighbour", ["redis", "rabbitmq", "database"])
    def test_a_neighbour_that_goes_away_again_and_again_costs_time_alone(
        neighbour: str, smtp: SmtpServer, tmp_path: Path, transactional_db: None
    ) -> None:
        if neighbour == "rabbitmq" and not RabbitMQ.is_installed():
            pytest.skip("RabbitMQ is not installed (apt-get install rabbitmq-server)")
        if neighbour == "database" and not postgresql.is_ours():
            pytest.skip("a PostgreSQL of our own is needed: run it by bin/test")
        tmp_path.chmod(0o755)
        site = Spread(
            RabbitMQ(tmp_path) if neighbour == "rabbitmq" else Broker(),
            DATABASE_URL=database_url(),
            EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}",
            **SETTINGS,
        )

        def empty_redis() -> None:
            with site.broker.client() as redis:
                redis.flushall()

        strike = {"redis": empty_redis, "rabbitmq": site.kill_broker, "database": postgresql.restart}[
            neighbour
        ]
        storm(site, smtp, [strike] * AWAY, likes=LIKES_MEANWHILE, calm=4.0 if FULL else 0.5)

    @pytest.mark.parametrize(("hangs_seconds", "state"), [(8, "sent"), (28, "pending")])
    def test_who_is_asked_to_leave_leaves_while_the_mail_server_hangs(
        hangs_seconds: int, state: str, smtp: SmtpServer, transactional_db: None
    ) -> None:
        site = deployment(
            DATABASE_URL=database_url(),
            EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}",
            **SETTINGS | {"NOTIFICATION_LEASE_SECONDS": "60", "NOTIFICATION_REPEAT_SECONDS": "600"},
        )
        smtp.behaviour.seconds = hangs_seconds
        tokens, posts = scene(posts=1)
        with site:
            storm = Storm(site, tokens[:1], posts, allowed=1)
            storm.run()
            wait_for(lambda: Delivery.objects.filter(state="sending").exists(), PATIENCE_SECONDS)
            assert site.stop() < 25
        # Nobody waits longer than twenty seconds for an answer: the second is handed over once more, later.
        assert Delivery.objects.get().state == state
        assert not Worker.objects.exists()
