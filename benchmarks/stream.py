"""Open streams: what they cost, how fast they are told, and what a storm of reconnects does.

Beside nchan (nginx's own, which asks nobody who they are), and the two usual ways of Django.
"""

import json
import os
import random
import sys
import threading
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from benchmarks import http, nchan, options
from benchmarks.child import Child
from benchmarks.databases import servers
from benchmarks.figures import Bound, Table, percentile
from benchmarks.streaming_variants import EVENTSTREAM, NCHAN, OURS, VIEW, Variant, start

COLUMNS = (OURS, NCHAN, VIEW, EVENTSTREAM)
NOTHING = Bound(0, 0, only_on=(OURS,))
RATE, RATE_SECONDS = 200, 10
ACTIONS, ACTION_SECONDS = 50, 20
MISSED = 3  # rows for each of those who come back


def main() -> int:
    arguments = options.parse(__doc__, rounds=3)
    people, many, few = (250, 500, 20) if arguments.quick else (5_000, 10_000, 80)
    table = Table(f"Streams: {many:,} of {people:,} people", columns=COLUMNS)
    print(f"load of the machine: {os.getloadavg()[0]:.1f}", file=sys.stderr)
    with ExitStack() as stack:
        [server] = stack.enter_context(servers(arguments.only or "PostgreSQL"))
        url = server.url("streams")
        child = stack.enter_context(Child("streaming", url))
        listeners = [(person, session) for person, session in child.call("prepare", people=people)]
        if why := nchan.absence():
            print(why, file=sys.stderr)
        held: dict[str, Variant] = {}
        for name, count in ((NCHAN, many), (VIEW, few), (EVENTSTREAM, few), (OURS, many)):
            if name == NCHAN and nchan.absence():
                continue
            with ExitStack() as each:
                variant = start(each, name, url, child, listeners, count)
                held[name] = variant
                print(f"{name}: {count:,} streams", file=sys.stderr)
                measure(table, variant, rounds=arguments.rounds)
                if name == OURS:
                    measure_ours(table, variant, rounds=arguments.rounds)
                variant.listeners.close()
        compare(table)
    print(f"load of the machine: {os.getloadavg()[0]:.1f}", file=sys.stderr)
    table.show()
    return 0


found: dict[str, dict[str, list[float]]] = {}


def measure(table: Table, variant: Variant, *, rounds: int) -> None:
    """What all of them can do: hold streams, write to all of them, and to one person's."""
    name, listeners = variant.name, variant.listeners
    warm_up(variant)
    pages = [_pages(variant) for _round in range(rounds + 1)][1:] if name == OURS else []
    before = variant.memory(), variant.threads(), variant.connections()
    if variant.number > 200:
        listeners.open(200)
        threads, connections = variant.threads() - before[1], variant.connections() - before[2]
        table.add("threads added by 200", name, [threads], NOTHING)
        table.add("database connections added by 200", name, [connections], NOTHING)
        listeners.close()
        time.sleep(1)
    seconds = listeners.open(variant.number)
    listeners.hear(2)
    held = listeners.number_open
    memory = (variant.memory() - before[0]) / held
    table.add("streams held", name, [held])
    table.add("all open after, s", name, [seconds])
    table.add("idle memory of one, KB", name, [memory])
    table.add("threads added by all of them", name, [variant.threads() - before[1]], NOTHING)
    table.add("database connections added by all of them", name, [variant.connections() - before[2]], NOTHING)
    cpu = variant.cpu_seconds()
    broadcasts = [_broadcast(variant) for _round in range(rounds * 3)]
    cpu = (variant.cpu_seconds() - cpu) / len(broadcasts) / held * 1e6
    table.add("an event to all, CPU of each delivery, µs", name, [cpu])
    ones = _one_person(variant)
    found[name] = {"pages": pages, "memory": [memory], "broadcast": broadcasts, "cpu": [cpu]}
    table.add("an event to all, p99 of arrival, ms", name, broadcasts)
    for percent, bound in ((50, None), (99, Bound(10, 2, only_on=(OURS,)))):
        values = [percentile(ones, percent) * 1000]
        table.add(f"an event to one person, {RATE}/s, p{percent}, ms", name, values, bound)
    if listeners.errors:
        print(f"{name}: {dict(listeners.errors)}", file=sys.stderr)


def warm_up(variant: Variant) -> None:
    """The threads for pages start, and connect, as they are first needed."""
    variant.listeners.open(4)
    variant.listeners.hear(0.5)
    variant.listeners.close()
    if variant.name == OURS:
        http.run(variant.port, [http.Call("/readyz", method="GET")] * 100, connections=24)
    time.sleep(1)


def _broadcast(variant: Variant) -> float:
    listeners = variant.listeners
    listeners.forget()
    variant.write()
    held = listeners.number_open
    listeners.hear(20, until=lambda: len(listeners.stamped) >= held)
    if len(listeners.stamped) < held:
        print(f"{variant.name}: {held - len(listeners.stamped)} were not told", file=sys.stderr)
    return percentile(listeners.stamped, 99) * 1000


def _one_person(variant: Variant) -> list[float]:
    """Seconds to each of one person's streams, while somebody else is written to 200 times a second."""
    listeners = variant.listeners
    listeners.forget()
    chance = random.Random(3)
    people = [variant.people[n % len(variant.people)][0] for n in range(min(variant.number, 200))]

    def write() -> None:
        begun = time.monotonic()
        for number in range(RATE * RATE_SECONDS):
            time.sleep(max(0.0, begun + number / RATE - time.monotonic()))
            variant.write(chance.choice(people))

    writing = threading.Thread(target=write)
    writing.start()
    listeners.hear(60, until=lambda: not writing.is_alive())
    listeners.hear(0.5)
    return listeners.stamped


def measure_ours(table: Table, variant: Variant, *, rounds: int) -> None:
    listeners = variant.listeners
    from_commit = _told_after_commit(variant)
    for percent, bound in ((50, Bound(20, 10)), (99, Bound(150, 50))):
        values = [percentile(from_commit, percent) * 1000]
        table.add(f"from the commit to the browser, {ACTIONS} actions/s, p{percent}, ms", OURS, values, bound)
    table.add("a post to everybody: from its commit to the last browser, s", OURS, [_post_to_all(variant)])
    busy = [_pages(variant) for _round in range(rounds)]
    for words, ticketed, bound in (
        ("by session", False, Bound(20, 14.5)),
        ("by ticket", True, Bound(5, 3.1)),
    ):
        cpu = variant.cpu_seconds()
        storms = [_storm(variant, ticketed=ticketed) for _round in range(rounds)]
        cpu = (variant.cpu_seconds() - cpu) / rounds
        table.add(f"all reconnect {words}: all open, s", OURS, [opened for opened, _all in storms], bound)
        table.add(f"all reconnect {words}: all have what they missed, s", OURS, [all_ for _o, all_ in storms])
        table.add(f"all reconnect {words}: CPU of the server, s", OURS, [cpu])
    table.add("errors in those storms", OURS, [sum(listeners.errors.values())], NOTHING)
    listeners.close()
    time.sleep(2)
    idle = [_pages(variant) for _round in range(rounds)]
    before = found[OURS]["pages"]
    ratios = [mine * 2 / (one + other) for mine, one, other in zip(busy, before, idle, strict=True)]
    table.add("page p95, all streams idle × none", OURS, ratios, Bound(1.3, 1.1))
    table.add("page p95, none, before and after, ms", OURS, [value * 1000 for value in (*before, *idle)])


def _told_after_commit(variant: Variant) -> list[float]:
    """Seconds from the moment that an inbox row was committed to the arrival at each of its two tabs."""
    listeners, number = variant.listeners, ACTIONS * ACTION_SECONDS
    _commits(variant)
    listeners.forget()
    calls = [http.Call(path, token) for path, token in variant.child.call("calls", number=number)]

    def paced() -> Iterator[http.Call]:
        begun = time.monotonic()
        for turn, call in enumerate(calls):
            time.sleep(max(0.0, begun + turn / ACTIONS - time.monotonic()))
            yield call

    acting = threading.Thread(target=lambda: http.run(variant.port, paced(), connections=4))
    acting.start()
    listeners.hear(120, until=lambda: not acting.is_alive())
    listeners.hear(3)
    committed: dict[int, list[int]] = defaultdict(list)
    for at, people in _commits(variant):
        for person in people:
            committed[person].append(at)
    seconds = []
    for stream, arrived in listeners.arrivals:
        person, _session = variant.people[stream % len(variant.people)]
        if before := [at for at in committed[person] if at <= arrived]:
            seconds.append((arrived - max(before)) / 1e9)
    return seconds


def _commits(variant: Variant) -> list[tuple[int, list[int]]]:
    return [(at, people) for at, people in _get(variant, "/benchmark/commits")]


def _get(variant: Variant, path: str) -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{variant.port}{path}", timeout=60) as answer:
        return json.load(answer)


def _post_to_all(variant: Variant) -> float:
    listeners = variant.listeners
    _commits(variant)
    listeners.forget()
    call = variant.child.call("post_call")
    body = json.dumps({"content": call["words"], "group": call["group"]}).encode()
    http.run(variant.port, [http.Call("/api/posts", call["token"], body=body)], connections=1)
    listeners.hear(60, until=lambda: len(listeners.arrivals) >= listeners.number_open)
    if len(listeners.arrivals) < listeners.number_open:
        print(f"{listeners.number_open - len(listeners.arrivals)} did not hear of the post", file=sys.stderr)
    at = max(at for at, _people in _commits(variant))
    return (max(arrived for _stream, arrived in listeners.arrivals) - at) / 1e9


def _pages(variant: Variant) -> float:
    """The 95th percentile of the inbox page's seconds, for four people who read one after another."""
    cookie = f"sessionid={variant.people[0][1]}"
    calls = [http.Call("/notifications/", method="GET", cookie=cookie)] * 200
    load = http.run(variant.port, calls, connections=4)
    return percentile(load.seconds, 95)


def _storm(variant: Variant, *, ticketed: bool) -> tuple[float, float]:
    """Everybody is cut off, has missed three, and comes back at once; seconds until all are open, and until
    all have heard what they missed."""
    listeners = variant.listeners
    listeners.close()
    variant.child.call("miss", rows=MISSED)
    listeners.forget()
    if ticketed:
        made = variant.child.call("made_tickets", number=variant.number)
        listeners.request = lambda number, last_id: (
            f"GET {variant.listen_path}?ticket={made[number]} HTTP/1.1\r\nHost: localhost\r\n"
            f"Last-Event-ID: {last_id}\r\n\r\n"
        ).encode()
    begun = time.monotonic()
    opened = listeners.open(variant.number, at_once=variant.number)
    listeners.hear(60, until=lambda: len(listeners.arrivals) >= variant.number * MISSED)
    seconds = time.monotonic() - begun
    missing = variant.number * MISSED - len(listeners.arrivals)
    if missing:
        listeners.errors["not replayed"] += abs(missing)
    return opened, seconds


def compare(table: Table) -> None:
    if NCHAN not in found or OURS not in found:
        return
    ours, theirs = found[OURS], found[NCHAN]
    table.add(
        "idle memory of one × nchan's", OURS, [ours["memory"][0] / theirs["memory"][0]], Bound(1.0, 0.1)
    )
    ratios = [mine / other for mine, other in zip(ours["broadcast"], theirs["broadcast"], strict=True)]
    table.add("an event to all, p99 × nchan's", OURS, ratios, Bound(1.2, 0.75))
    table.add("an event to all, CPU × nchan's", OURS, [ours["cpu"][0] / theirs["cpu"][0]])


if __name__ == "__main__":
    sys.exit(main())
