"""People, posts, reactions and groups in large numbers, written in bulk: the stage, not what is measured."""

import random
import secrets
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any, TypeVar

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from community.models import Post
from notifications.models import Category, NotificationPreference

HOT = (
    "notifications_pushreceipt", "notifications_attempt", "notifications_delivery",
    "notifications_notification", "notifications_event",
)  # fmt: skip
BATCH = 5_000
T = TypeVar("T")


def migrate() -> None:
    call_command("migrate", verbosity=0)


def execute(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def people(count: int) -> list[int]:
    """Active people without a usable password; answers their ids."""
    User.objects.bulk_create(
        (
            User(username=f"person{n}", name=f"Person {n}", email=f"person{n}@example.com", password="!")
            for n in range(count)
        ),
        batch_size=BATCH,
    )
    return list(User.objects.order_by("pk").values_list("pk", flat=True))


def sessions(user_ids: list[int]) -> list[tuple[int, str]]:
    """Signed in for a day: ids, each with the key of its session."""
    people = User.objects.in_bulk(user_ids)
    store, ends = SessionStore(), timezone.now() + timedelta(days=1)
    rows = []
    for pk in user_ids:
        data = {
            SESSION_KEY: str(pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: people[pk].get_session_auth_hash(),
        }
        session = Session(
            session_key=secrets.token_hex(16), session_data=store.encode(data), expire_date=ends
        )
        rows.append(session)
    Session.objects.bulk_create(rows, batch_size=BATCH)
    return [(pk, row.session_key) for pk, row in zip(user_ids, rows, strict=True)]


def preferences(user_ids: list[int]) -> None:
    """One in ten has a row of their own: of those half want mail as a summary and the rest none."""
    NotificationPreference.objects.bulk_create(
        (
            NotificationPreference(
                user_id=user_id,
                notification_type=Category.COMMUNITY,
                email_enabled=bool(number % 2),
                email_frequency="daily",
            )
            for number, user_id in enumerate(user_ids[::10])
        ),
        batch_size=BATCH,
    )


def posts(author_ids: list[int], count: int) -> list[Post]:
    """By these people in turn, each post a minute older than the one before."""
    now = timezone.now()
    return Post.objects.bulk_create(
        (
            Post(
                author_id=author_ids[number % len(author_ids)],
                title=f"Post {number}",
                content="Something to read.",
                content_html="<p>Something to read.</p>",
                created_at=now - timedelta(minutes=number),
            )
            for number in range(count)
        ),
        batch_size=BATCH,
    )


def shuffled(values: list[T]) -> list[T]:
    """In the same order in every run."""
    return random.Random(7).sample(values, len(values))


def medians(readings: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Milliseconds of each, one after the other in the order of `shuffled`."""
    times = {}
    for name, read in shuffled(list(readings.items())):
        taken = []
        for _repeat in range(repeats):
            start = time.perf_counter()
            read()
            taken.append((time.perf_counter() - start) * 1000)
        times[name] = statistics.median(taken)
    return times


def empty_hot_tables() -> None:
    if connection.vendor == "postgresql":
        execute(f"TRUNCATE {', '.join(HOT)} RESTART IDENTITY")
        return
    for table in HOT:
        execute(f"DELETE FROM {table}")
        execute(f"DELETE FROM sqlite_sequence WHERE name = '{table}'")


def settle() -> None:
    """Bring what was written so far to the disk and the planner, so that no case pays for another's."""
    if connection.vendor == "postgresql":
        execute(f"VACUUM ANALYZE {', '.join(HOT)}")
        execute("CHECKPOINT")
    else:
        execute("PRAGMA wal_checkpoint(TRUNCATE)")


def settle_everything() -> None:
    execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


class Statements:
    """Keeps what the client asks for, BEGIN and COMMIT apart."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any]] = []

    @property
    def count(self) -> int:
        return len(self.seen)

    def counted(self) -> AbstractContextManager[None]:
        """Of this thread's connection, while the block lasts."""
        return connection.execute_wrapper(self)

    def __call__(self, run: Callable[..., Any], sql: str, parameters: Any, *more: Any) -> Any:
        self.seen.append((sql, parameters))
        return run(sql, parameters, *more)
