"""A mail server on its bad days: it fails at random, or is away for half an hour while thousands wait.

CHAOS=full: 1,000 mails and 5,000. Time is passed in, never slept.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.engagement import LIKED
from community.models import Post, PostReaction
from notifications.channels.email import EmailChannel
from notifications.models import Attempt, Breaker, Delivery, Notification
from notifications.outbox import pipeline
from notifications.outgoing.queue import Queue
from notifications.outgoing.sending import Lane
from notifications.service import NotificationService
from notifications.tests.rude_smtp import Line, RudeServer, drop

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.both_databases,
    pytest.mark.chaos,
    pytest.mark.timeout(1200),
]
FULL = os.environ.get("CHAOS") == "full"
SEED = int(os.environ.get("CHAOS_SEED", random.randrange(100_000) if FULL else 7))
SECOND = timedelta(seconds=1)
Serve = Callable[[RudeServer], RudeServer]


class Clock:
    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def serve(settings: Settings) -> Iterator[Serve]:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests send
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with ExitStack() as stack:

        def serve(server: RudeServer) -> RudeServer:
            settings.EMAIL_PORT = server.port
            return stack.enter_context(server)

        yield serve


def likes_of(bob: User, count: int) -> None:
    """Bob likes the posts of so many people; the mails to them are made, and wait."""
    people = User.objects.bulk_create(
        User(username=f"p{number}", name=f"P {number}", email=f"p{number}@example.com")
        for number in range(count)
    )
    posts = Post.objects.bulk_create(
        Post(author=person, title=f"Seedlings of {person.name}", content="To give away.") for person in people
    )
    likes = PostReaction.objects.bulk_create(PostReaction(post=post, user=bob) for post in posts)
    with transaction.atomic():
        NotificationService.emit_all([(LIKED, like) for like in likes])
    while pipeline.expand_next():
        pass
    assert Delivery.objects.filter(state="pending").count() >= count


def send_all(lane: Lane) -> None:
    while lane.send_next():
        pass


class Moody(RudeServer):
    """Of each ten mails three fail, at any step. None is lost after the final dot more than once."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._dice = random.Random(seed)
        self._left_without_a_word: set[str] = set()
        self.failures = 0
        moods: dict[str, list[str | Callable[[Line], None]]] = {
            "MAIL": ["451 not now", drop], "RCPT": ["450 busy", "421 going", drop],
            "DATA": ["451 not now", drop], "DOT": ["451 no room", drop],
        }  # fmt: skip
        self._moods = [(step, mood) for step, some in moods.items() for mood in some]
        self._plan: tuple[str, str | Callable[[Line], None]] | None = None

    def _answer(self, step: str, line: Line) -> str:
        if step == "MAIL":
            self._plan = self._dice.choice(self._moods) if self._dice.random() < 0.3 else None
        if self._plan and self._plan[0] == step and self._may_fail(step):
            self.failures += 1
            self.answers[step] = self._plan[1]
            if step == "DOT" and self._plan[1] is not drop:
                self.messages.pop()  # it says that it has not taken it
        else:
            self.answers.pop(step, None)
        return super()._answer(step, line)

    def _may_fail(self, step: str) -> bool:
        if step != "DOT" or self._plan is None or self._plan[1] is not drop:
            return True
        name = str(self.messages[-1]["Message-ID"])
        is_first = name not in self._left_without_a_word
        self._left_without_a_word.add(name)
        return is_first


def test_a_server_that_fails_three_times_in_ten_gets_every_mail(
    bob: User, serve: Serve, clock: Clock
) -> None:
    server = Moody(SEED)
    serve(server)
    likes_of(bob, 1000 if FULL else 30)
    with Lane("test", clock=clock) as lane:
        for _ in range(500):
            send_all(lane)
            waiting = Delivery.objects.filter(state="pending").order_by("due_at")
            first = waiting.values_list("due_at", flat=True).first()
            if first is None:
                break
            clock.now = max(first, clock.now + SECOND)

    copies = Counter(str(message["Message-ID"]) for message in server.messages)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}, SEED
    assert len(copies) == Delivery.objects.count()
    assert max(copies.values()) <= 2
    assert server.failures > len(copies) * 0.2
    assert Attempt.objects.filter(ended_at=None).count() == 0


def test_half_an_hour_without_a_server_costs_nothing_but_half_an_hour(
    bob: User, chloe: User, serve: Serve, clock: Clock, settings: Settings
) -> None:
    settings.NOTIFICATION_MAIL_PER_DOMAIN = 20
    away, count = threading.Event(), 5000 if FULL else 45
    per_second: Counter[datetime] = Counter()

    def greet(line: Line) -> None:
        line.say("421 away" if away.is_set() else "220 rude.example")

    def take(line: Line) -> None:
        per_second[clock.now] += str(server.messages[-1]["To"]).endswith("@example.com")
        line.say("250 taken")

    server = serve(RudeServer({"BANNER": greet, "DOT": take}))
    alone = statements_of_a_like(chloe, number=0)
    away.set()
    likes_of(bob, count)
    lane = Lane("test", clock=clock, queue=Queue(EmailChannel))
    began = clock.now = timezone.now()
    while clock.now < began + timedelta(minutes=30):
        send_all(lane)
        is_known = Breaker.objects.filter(opened_at__isnull=False).exists()
        clock.now += SECOND * (60 if is_known and not FULL else 1)
    assert server.seen["BANNER"] <= 200
    assert server.messages == []
    assert Breaker.objects.get().opened_at is not None
    assert statements_of_a_like(chloe, number=1) == alone  # the bell rings as ever
    assert Delivery.objects.filter(attempts__gt=1).count() == 0

    away.clear()
    returned = clock.now
    while Delivery.objects.filter(state="pending").exists():
        send_all(lane)
        clock.now += SECOND
        assert clock.now < returned + timedelta(minutes=10)
    lane.rest()

    copies = Counter(str(message["Message-ID"]) for message in server.messages)
    assert len(copies) == Delivery.objects.filter(state="sent").count() == Delivery.objects.count()
    assert max(copies.values()) == 1
    assert max(per_second.values()) <= 20 + 1  # the one that tried


def statements_of_a_like(chloe: User, *, number: int) -> int:
    """And it is in the inbox."""
    author = User.objects.create(username=f"author{number}", email=f"author{number}@example.org")
    post = actions.create_post(author, "To give away.")
    actions.react(chloe, post)
    with CaptureQueriesContext(connection) as captured:
        while pipeline.expand_next():
            pass
    assert Notification.objects.of(author).exists()
    return len(captured)
