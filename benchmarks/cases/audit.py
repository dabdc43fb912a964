"""A long audit log: rows that come to it, their seal, the proof of all of it, and what is found in it."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.test import RequestFactory
from django.utils import timezone

import audit
from accounts.models import User
from audit import chain
from audit.actions import ADMIN_CHANGED
from audit.deeds import Deeds
from audit.models import Entry
from audit.sealing import end, seal
from audit.searching import BoundedPaginator, search
from audit.verifying import beginning, rows_between, verify
from audit.writing import entry_of
from notifications.models import Event
from notifications.transactions import acting

from . import population
from .population import BATCH

PEOPLE = 2_000
ROWS_PER_EVENT = 5
PAGE = 51  # of the list in the administration, and one to see whether there are more
RARE_EVERY = 5_000  # an address, an action and a thing that hardly ever come


def prepare(rows: int) -> float:
    """How many rows a second were sealed, of all of them."""
    population.migrate()
    people = list(User.objects.filter(pk__in=population.people(PEOPLE)))
    _fill(Entry, _entries(people, rows))
    _fill(Event, _events(people, rows // ROWS_PER_EVENT))
    start = time.perf_counter()
    seal()
    rate = rows / (time.perf_counter() - start)
    population.settle_everything()
    return rate


def _fill(model: type[Model], rows: Iterator[Model]) -> None:
    while batch := list(islice(rows, BATCH)):
        model._default_manager.bulk_create(batch)


def _entries(people: list[User], rows: int) -> Iterator[Entry]:
    """Proven like those that come one by one."""
    requests = [RequestFactory().get("/", REMOTE_ADDR=f"10.0.{n // 250}.{n % 250 + 1}") for n in range(2_500)]
    rare = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9")
    begin = timezone.now() - timedelta(seconds=rows)
    for number in range(rows):
        is_rare = number % RARE_EVERY == 0
        person = people[number * 7919 % len(people)]
        request = rare if is_rare else requests[number % len(requests)]
        entry = (
            entry_of(ADMIN_CHANGED, person, ("group", 7, "Early birds"), audit.DONE, "", request, None, {})
            if is_rare
            else entry_of(audit.SIGN_IN, person, person, audit.DONE, "", request, None, {})
        )
        entry.request_id = f"{number:016x}"
        entry.at = begin + timedelta(seconds=number)
        entry.mac = chain.mac(chain.signing_keys()[0], entry.statement())
        yield entry


def _events(people: list[User], rows: int) -> Iterator[Event]:
    begin = timezone.now() - timedelta(seconds=rows * ROWS_PER_EVENT)
    for number in range(rows):
        yield Event(
            kind="LIKE", key=f"LIKE:{number}", actor=people[number * 31 % len(people)],
            recipient=people[number % len(people)], target_type="post", target_id=number, object_id=number,
            group_key=f"LIKE:post.{number}", state="done",
            created_at=begin + timedelta(seconds=number * ROWS_PER_EVENT), ended_at=begin,
        )  # fmt: skip


def append(count: int) -> dict[str, float]:
    """Microseconds a row, each in a transaction of its own: the log's, and the one of Django's own log."""
    person = User.objects.order_by("pk")[:1].get()

    def bare() -> None:
        LogEntry.objects.create(user=person, object_id="7", object_repr="x", action_flag=CHANGE)

    def recorded() -> None:
        audit.record(audit.SIGN_IN, actor=person, target=person)

    taken = {}
    for name, write in population.shuffled([("bare", bare), ("recorded", recorded)]):
        start = time.perf_counter()
        for _number in range(count):
            with acting():
                write()
        taken[name] = (time.perf_counter() - start) / count * 1_000_000
    start = time.perf_counter()
    seal()
    return {**taken, "sealed": (time.perf_counter() - start) / count * 1_000_000}


def prove() -> dict[str, float]:
    """Rows a second: reading all of the log, and reading and proving it."""
    start = time.perf_counter()
    rows = sum(1 for _row in rows_between(beginning().position, end().position))
    read = time.perf_counter() - start
    start = time.perf_counter()
    fault = verify().fault
    if fault:
        raise RuntimeError(str(fault))
    return {"read": rows / read, "proven": rows / (time.perf_counter() - start)}


def readings() -> dict[str, Callable[[], Any]]:
    """Name → what the list in the administration asks for: a page, and how many there are."""

    def list_of(asked: str) -> Callable[[], Any]:
        def look() -> None:
            rows = search(Entry.objects.order_by("-pk"), asked)
            list(rows[:PAGE])
            _count = BoundedPaginator(rows, PAGE).count

        return look

    person = User.objects.get(username="person77")
    deeds = Deeds(person=person.pk, since=None, until=None, with_events=True)
    return {
        "the list": list_of(""),
        "a number": list_of(str(person.pk)),
        "an address": list_of("203.0.113.9"),
        "a username": list_of("person77"),
        "an action": list_of(ADMIN_CHANGED.name),
        "a thing": list_of("group 7"),
        "nothing that is there": list_of("nobody-has-this"),
        "text:, all rows read": list_of("text:nobody-has-this"),
        "what somebody did": lambda: deeds.page(None),
    }


def measure(repeats: int) -> dict[str, float]:
    """Median milliseconds of each."""
    return population.medians(readings(), repeats)
