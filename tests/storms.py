"""People press like on a real server while something is done to it, and what became of all they pressed."""

import os
import random
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

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
from testing.site import Site

FANS = 6
PATIENCE_SECONDS = 90  # from the last strike to an empty queue
SEED = int(os.environ.get("CHAOS_SEED", time.time_ns() % 100_000))
SETTINGS = {
    "NOTIFICATION_RETRY_SECONDS": "2,2,2,2,2,2,2,2",
    "NOTIFICATION_LEASE_SECONDS": "5",
    "NOTIFICATION_REPEAT_SECONDS": "2",
    "NOTIFICATION_MAIL_PER_DOMAIN": "0",
}
Strike = Callable[[], None]


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


def storm(site: Site, smtp: SmtpServer, strikes: list[Strike], *, likes: int, calm: float) -> int:
    """Strike again and again while people press, and look. Answers how many mails came twice."""
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
    print(
        f"seed {SEED}: {in_time} of {len(strikes)} strikes in the storm, {len(storm.acknowledged)} likes,"
        f" {storm.refused} refused, settled in {settled_in:.1f} s, stopped in {stopped_in:.1f} s,"
        f" p95 {_p95(storm.seconds):.3f} s, of the last hundred {_p95(storm.seconds[-100:]):.3f} s"
    )
    assert len(set(storm.acknowledged)) == len(tokens) * len(posts) == PostReaction.objects.count()
    extra = nothing_is_lost(smtp, fans=len(tokens))
    assert extra <= len(strikes)
    assert stopped_in < 25
    assert not Worker.objects.filter(pid__in=mine).exists()
    return extra


def nothing_is_lost(smtp: SmtpServer, *, fans: int) -> int:
    """And nothing told twice. Answers how many mails came twice."""
    copies = Counter(message["Message-ID"] for message in smtp.messages)
    uncertain = Delivery.objects.filter(state="uncertain").count()
    extra = sum(copies.values()) - len(copies)
    print(f"seed {SEED}: {len(copies)} mails, {extra} extra copies, {uncertain} uncertain")
    assert Event.objects.filter(kind="LIKE", outcome="notified").count() == PostReaction.objects.count()
    rows = Notification.objects.filter(kind="LIKE")
    assert rows.count() == Post.objects.count()
    assert set(rows.values_list("actors_count", flat=True)) == {fans}
    assert max(copies.values()) <= 2
    assert len(copies) + uncertain >= Post.objects.count()
    assert not Delivery.objects.filter(state="sending").exists()
    return extra


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]
