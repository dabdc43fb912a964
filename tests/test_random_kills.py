"""SIGKILL of the real server at random moments while likes come in (CHAOS=full: 25 kills, 1,500 likes)."""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from django.db import connections
from django.test.utils import override_settings
from knox.models import AuthToken

from accounts.models import User
from community import actions
from community.models import Post, PostReaction
from notifications.models import Delivery, Event, Notification
from notifications.tests.smtp_server import SmtpServer
from testing.site import Site, database_url

FULL = os.environ.get("CHAOS") == "full"
KILLS = 25 if FULL else 4
LIKES = 1500 if FULL else 240
FANS = 6
PATIENCE_SECONDS = 90  # from the last kill to an empty queue
SEED = int(os.environ.get("CHAOS_SEED", time.time_ns() % 100_000))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.chaos,
    pytest.mark.slow,
    pytest.mark.timeout(1200 if FULL else 240),
]


@dataclass
class Storm:
    """Several people press like on every post; whoever gets no answer presses again."""

    site: Site
    tokens: list[str]
    posts: list[int]
    acknowledged: list[tuple[int, int]] = field(default_factory=list)

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
            while True:
                try:
                    answer = session.post(f"{self.site.url}/api/posts/{post}/like", timeout=30)
                except requests.RequestException:
                    time.sleep(0.05)
                    continue
                assert answer.status_code == 200, answer.text
                self.acknowledged.append((number, post))
                break


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        server.behaviour.seconds = 0.01
        yield server


@pytest.fixture
def site(smtp: SmtpServer, tmp_path: Path, transactional_db: None) -> Site:
    """Serves the test database, with a mail server that takes its time."""
    return Site(
        DATABASE_URL=database_url(),
        EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}",
        NOTIFICATION_EXECUTOR="threads",
        NOTIFICATION_RETRY_SECONDS="2,2,2,2,2,2,2,2",
        NOTIFICATION_LEASE_SECONDS="5",
        NOTIFICATION_REPEAT_SECONDS="2",
        NOTIFICATION_MAIL_PER_DOMAIN="0",
    )


def scene() -> tuple[list[str], list[int]]:
    with override_settings(NOTIFICATION_EXECUTOR="threads"):
        fans = [
            User.objects.create_user(f"fan{n}", f"fan{n}@example.com", name=f"Fan {n}") for n in range(FANS)
        ]
        authors = [User.objects.create_user(f"a{n}", f"a{n}@example.com", name=f"A {n}") for n in range(10)]
        posts = [actions.create_post(authors[n % 10], f"Post {n}").pk for n in range(LIKES // FANS)]
        tokens = [AuthToken.objects.create(user=fan)[1] for fan in fans]
    connections.close_all()
    return tokens, posts


def settle() -> None:
    """Wait for the queues to be empty."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if not Event.objects.filter(state="pending").exists() and not Delivery.objects.open().exists():
            return
        time.sleep(0.2)
    pytest.fail(f"not settled after {PATIENCE_SECONDS} s (seed {SEED})")


def test_nothing_is_lost_and_nothing_comes_twice(site: Site, smtp: SmtpServer) -> None:
    tokens, posts = scene()
    chance = random.Random(SEED)
    storm = Storm(site, tokens, posts)
    site.start()
    running = threading.Thread(target=storm.run)
    running.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.5, 1.2))
        site.kill()
        site.start()
    running.join()
    settle()
    stopped_in = site.stop()

    fans, likes = len(tokens), len(tokens) * len(posts)
    copies = Counter(message["Message-ID"] for message in smtp.messages)
    uncertain = Delivery.objects.filter(state="uncertain").count()
    extra = sum(copies.values()) - len(copies)
    print(
        f"seed {SEED}: {KILLS} kills, {likes} likes, {len(copies)} mails,"
        f" {extra} extra copies, {uncertain} uncertain"
    )
    assert len(set(storm.acknowledged)) == likes == PostReaction.objects.count()
    assert Event.objects.filter(kind="LIKE", outcome="notified").count() == likes
    rows = Notification.objects.filter(kind="LIKE")
    assert rows.count() == Post.objects.count()
    assert set(rows.values_list("actors_count", flat=True)) == {fans}
    assert max(copies.values()) <= 2
    assert len(copies) + uncertain >= Post.objects.count()
    assert extra <= KILLS
    assert stopped_in < 25
