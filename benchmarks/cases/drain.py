"""Events that wait with nobody at work, and then are drained: by the engine, and in the ways it replaces."""

import os
import subprocess
import sys
import threading
import time
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.celery_app import expand
from community.engagement import BOOKMARKED, LIKED
from community.models import Bookmark, Post, PostReaction
from notifications import kinds
from notifications.models import Delivery, Event, Notification, NotificationPreference
from notifications.outbox import pipeline, workers
from notifications.service import NotificationService

from . import population
from .population import Statements, execute

NAIVE_AT_ONCE = 32  # threads; a site does not bound them, and then loses events for want of connections
PATIENCE_SECONDS = 300
CELERY = (
    "-m celery -A benchmarks.celery_app worker -P prefork -c 2 -l ERROR --without-gossip --without-mingle"
)
SPREAD = "-m celery -A myproject worker -Q events -l ERROR --without-gossip --without-mingle"
# As many rows as there are events, whatever would fold.
RAW = """
    INSERT INTO notifications_notification
        (recipient_id, group_key, event_id, kind, actor_id, actor_ids, actors_count,
         target_type, target_id, object_id, priority, created_at)
    SELECT recipient_id, group_key || '.' || id, id, kind, actor_id, '[1]', 1,
         target_type, target_id, object_id, 1, created_at
    FROM notifications_event
"""


def prepare(people: int, sizes: list[int]) -> None:
    population.migrate()
    user_ids = population.people(people)
    population.preferences(user_ids)
    posts = population.posts(user_ids, max(sizes))
    for size in sizes:
        _keep("folding", size, _likes(posts[: size // 2], user_ids, each=2))
        _keep("distinct", size, _likes(posts[:size], user_ids, each=1))
        _keep("unmailed", size, _bookmarks(posts[:size], user_ids))
    population.settle_everything()


def _likes(posts: list[Post], user_ids: list[int], *, each: int) -> list[tuple[Any, Any]]:
    """So many people like each post; in an order in which the likes of a post are far apart."""
    rows = [
        PostReaction(post=post, user_id=_other(user_ids, number + turn))
        for number, post in enumerate(posts)
        for turn in range(each)
    ]
    return [(LIKED, row) for row in _saved(PostReaction, rows)]


def _bookmarks(posts: list[Post], user_ids: list[int]) -> list[tuple[Any, Any]]:
    rows = [Bookmark(post=post, user_id=_other(user_ids, number)) for number, post in enumerate(posts)]
    return [(BOOKMARKED, row) for row in _saved(Bookmark, rows)]


def _saved(model: Any, rows: list[Any]) -> list[Any]:
    """They stay from size to size: a smaller one uses the same pairs."""
    model.objects.bulk_create(rows, batch_size=population.BATCH, ignore_conflicts=True)
    return population.shuffled(rows)


def _other(user_ids: list[int], number: int) -> int:
    """Somebody who is not the author of the post of this number."""
    return user_ids[(number + 1 + number // len(user_ids)) % len(user_ids)]


def _keep(variant: str, size: int, facts: list[tuple[Any, Any]]) -> None:
    """The events as the product records them, copied aside so that every round begins with the same."""
    population.empty_hot_tables()
    for start in range(0, len(facts), 500):
        with transaction.atomic():
            for _kind, row in facts[start : start + 500]:
                row.pk = row.pk or 1  # rows that were there already: nothing here reads it
            NotificationService.emit_all(facts[start : start + 500])
    execute(f"CREATE TABLE kept_{variant}_{size} AS SELECT * FROM notifications_event")


def _queue(variant: str, size: int) -> list[int]:
    columns = ", ".join(str(field.column) for field in Event._meta.concrete_fields)
    population.empty_hot_tables()
    execute(f"INSERT INTO notifications_event ({columns}) SELECT {columns} FROM kept_{variant}_{size}")
    population.settle()
    return list(Event.objects.order_by("pk").values_list("pk", flat=True))


def _check(size: int) -> None:
    done = Event.objects.filter(state=Event.State.DONE, outcome=Event.Outcome.NOTIFIED).count()
    if done != size:
        raise SystemExit(f"Of {size} events only {done} were served: nothing was measured.")


def engine(variant: str, size: int) -> dict[str, float]:
    """One thread of the dispatcher, as it works: with a registered worker, batch after batch."""
    _queue(variant, size)
    worker, statements = workers.register(), Statements()
    with statements.counted():
        start = time.perf_counter()
        while pipeline.expand_next(worker):
            pass
        seconds = time.perf_counter() - start
    workers.leave(worker)
    _check(size)
    return {
        "per_second": size / seconds,
        "statements": statements.count / size,
        "rows": Notification.objects.count(),
        "mails": Delivery.objects.count(),
    }


def raw(variant: str, size: int) -> dict[str, float]:
    """One statement that writes as many rows into the same table with the same indexes."""
    _queue(variant, size)
    start = time.perf_counter()
    execute(RAW)
    return {"per_second": size / (time.perf_counter() - start)}


def writes(variant: str, size: int) -> dict[str, float]:
    """All rows that the engine leaves behind, as one bare statement a table: no form of it can be faster."""
    _queue(variant, size)
    start = time.perf_counter()
    execute(RAW)
    execute(
        """
        UPDATE notifications_event SET state = 'done', outcome = 'notified', mail = 'queued',
            ended_at = n.created_at, notification_id = n.id
        FROM notifications_notification n WHERE n.event_id = notifications_event.id
        """
    )
    if variant != "unmailed":
        execute(
            """
            INSERT INTO notifications_delivery
                (event_id, notification_id, recipient_id, channel, group_key, state, reason,
                 created_at, due_at, worker, attempts, handovers, last_error)
            SELECT event_id, id, recipient_id, 'email', group_key, 'pending', '',
                 created_at, created_at, '', 0, 0, ''
            FROM notifications_notification
            """
        )
    return {"per_second": size / (time.perf_counter() - start)}


def thread(variant: str, size: int) -> dict[str, float]:
    """A thread an event, each with a connection of its own, reading and writing row by row."""
    event_ids = _queue(variant, size)
    room = threading.Semaphore(NAIVE_AT_ONCE)
    counts: list[int] = []
    threads = []
    start = time.perf_counter()
    for event_id in event_ids:
        room.acquire()
        threads.append(threading.Thread(target=_naive, args=(event_id, room, counts)))
        threads[-1].start()
    for each in threads:
        each.join()
    seconds = time.perf_counter() - start
    _check(size)
    return {"per_second": size / seconds, "statements": sum(counts) / size}


def _naive(event_id: int, room: threading.Semaphore, counts: list[int]) -> None:
    statements = Statements()
    try:
        with statements.counted(), transaction.atomic():
            _notify(Event.objects.select_related("recipient").get(pk=event_id))
    finally:
        connection.close()
        counts.append(statements.count)
        room.release()


def _notify(event: Event) -> None:
    """What such a thread does: the preference, the row that may be there, the row, the mail, the end."""
    kind, recipient_id = kinds.type_names[event.kind], event.recipient_id
    assert recipient_id is not None
    preference = NotificationPreference.objects.filter(
        user=recipient_id, notification_type=kind.category
    ).first()
    row, _created = Notification.objects.update_or_create(
        recipient_id=recipient_id,
        group_key=event.group_key,
        read_at=None,
        deleted_at=None,
        defaults={"object_id": event.object_id, "actor_id": event.actor_id},
        create_defaults={
            "event_id": event.pk,
            "kind": event.kind,
            "actor_id": event.actor_id,
            "actor_ids": [event.actor_id],
            "target_type": event.target_type,
            "target_id": event.target_id,
            "object_id": event.object_id,
        },
    )
    if kind.channels and (preference is None or preference.email_enabled):
        Delivery.objects.create(
            event_id=event.pk,
            notification_id=row.pk,
            recipient_id=recipient_id,
            channel="email",
            group_key=event.group_key,
        )
    Event.objects.filter(pk=event.pk).update(
        state=Event.State.DONE,
        outcome=Event.Outcome.NOTIFIED,
        notification_id=row.pk,
        ended_at=timezone.now(),
    )


def celery(variant: str, size: int) -> dict[str, float]:
    """A task an event, in two processes as Celery's manual starts them; from the first end to the last."""
    for event_id in _queue(variant, size):
        expand.delay(event_id)
    _drained_by(CELERY, size)
    ends = list(Event.objects.order_by("ended_at").values_list("ended_at", flat=True))
    first, last = ends[0], ends[-1]
    assert first is not None
    assert last is not None
    return {"per_second": (size - 1) / (last - first).total_seconds()}


def spread(variant: str, size: int) -> dict[str, float]:
    """One worker process of the product; from the beginning of its first batch until nothing waits."""
    _queue(variant, size)
    ended = _drained_by(SPREAD, size)
    first = Event.objects.order_by("ended_at").values_list("ended_at", flat=True)[0]
    assert first is not None
    return {"per_second": size / (ended - first).total_seconds()}


def _drained_by(command: str, size: int) -> datetime:
    """Start it, wait until nothing waits any more, and stop it; answers when that was."""
    worker = subprocess.Popen(
        [sys.executable, *command.split()],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "CELERY_SKIP_CHECKS": "1", "NOTIFICATION_EXECUTOR": "celery"},
    )
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        while Event.objects.filter(state=Event.State.PENDING).exists():
            if worker.poll() is not None or time.monotonic() > until:
                break
            time.sleep(0.05)
        ended = timezone.now()
    finally:
        worker.terminate()
        worker.wait()
    _check(size)
    return ended
