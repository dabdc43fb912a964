"""Streams resume by the order of commits: nothing is left out or comes twice, however many write at once."""

import random
import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import User
from notifications.models import Notification, RevisionClock
from notifications.realtime import revisions
from notifications.realtime.revisions import Snapshot, current_snapshot, lineage, take_revision
from notifications.transactions import dispatching

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]
WRITERS, TRANSACTIONS = 8, 12


def write(person_id: int, number: int) -> None:
    Notification.objects.create(
        recipient_id=person_id, event_id=number, kind="LIKE", group_key=f"LIKE:{number}", target_type="post",
        target_id=1, object_id=number, created_at=timezone.now(), revision=take_revision(),
    )  # fmt: skip


def writer(person_id: int, name: int) -> None:
    chance = random.Random(name)
    for number in range(TRANSACTIONS):
        with dispatching():
            write(person_id, name * 1000 + number)
            time.sleep(chance.uniform(0, 0.004))
    connections.close_all()


class ById:
    """What everybody writes first: the ids after the last one seen."""

    def __init__(self) -> None:
        self.last = 0
        self.got: list[int] = []

    def read(self) -> None:
        ids = list(Notification.objects.filter(pk__gt=self.last).order_by("pk").values_list("pk", flat=True))
        self.got += ids
        self.last = ids[-1] if ids else self.last


class BySnapshot:
    def __init__(self) -> None:
        self.seen = Snapshot(0)
        self.got: list[int] = []

    def read(self) -> None:
        now = current_snapshot()
        rows = Notification.objects.filter(revision__gte=self.seen.floor).order_by("revision", "pk")
        self.got += [
            pk
            for pk, revision in rows.values_list("pk", "revision")
            if now.sees(revision) and not self.seen.sees(revision)
        ]
        self.seen = now


def test_eight_writers_at_once(alice: User) -> None:
    by_id, by_snapshot = ById(), BySnapshot()
    threads = [threading.Thread(target=writer, args=(alice.pk, name)) for name in range(WRITERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        by_id.read()
        by_snapshot.read()
    by_id.read()
    by_snapshot.read()

    written = sorted(Notification.objects.values_list("pk", flat=True))
    assert len(written) == WRITERS * TRANSACTIONS
    assert sorted(by_snapshot.got) == written
    if connection.vendor == "postgresql":  # SQLite hands out ids in the order of the commits
        assert len(by_id.got) < len(written), "the plain cursor was lucky: nothing overlapped"


def elsewhere(work: Callable[[], None]) -> None:
    """In a connection of its own."""

    def run() -> None:
        work()
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_nobody_waits_for_a_transaction_that_takes_long(alice: User) -> None:
    reader = BySnapshot()
    others = 1 if connection.vendor == "postgresql" else 0  # SQLite lets nobody else write meanwhile
    with transaction.atomic():
        write(alice.pk, 1)
        if others:
            elsewhere(lambda: write(alice.pk, 2))
        for _twice in range(2):
            elsewhere(reader.read)
            assert len(reader.got) == others
    reader.read()

    assert sorted(reader.got) == sorted(Notification.objects.values_list("pk", flat=True))
    assert len(reader.got) == 1 + others


def test_revisions_follow_the_commits() -> None:
    with dispatching():
        first = take_revision()
        assert take_revision() >= first
    seen = current_snapshot()
    assert seen.sees(first)
    with dispatching():
        later = take_revision()
    assert later > first
    assert not seen.sees(later)
    assert current_snapshot().sees(later)


def test_what_came_from_another_server_is_no_news(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dump of a server that has counted far, restored on one that begins: PostgreSQL's trap."""
    before = lineage()
    write(alice.pk, 1)
    Notification.objects.update(revision=10**15 * 3)
    RevisionClock.objects.update(latest=10**15 * 3)
    if connection.vendor == "postgresql":
        monkeypatch.setattr(revisions, "_cluster", lambda: ("another", 1))
        assert lineage() != before
    reader = BySnapshot()
    reader.seen = current_snapshot()
    assert reader.seen.sees(10**15 * 3)
    write(alice.pk, 2)
    reader.read()

    assert reader.got == [Notification.objects.get(event_id=2).pk]


def test_a_clock_that_is_lost_begins_after_what_there_is(alice: User) -> None:
    write(alice.pk, 1)
    highest = Notification.objects.get().revision
    before = lineage()
    RevisionClock.objects.all().delete()

    assert take_revision() > highest
    assert lineage() != before
