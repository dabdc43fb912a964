"""What is measured of each peer: the request that acts, the way from a backlog to the inbox, and kills."""

import json
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks import http
from benchmarks.child import Child

from .deployment import Deployment, figures_of
from .sink import Sink

PATIENCE_SECONDS = 240
CONNECTIONS = 4


@dataclass
class Acting:
    """Milliseconds, a value for each round."""

    cpu: list[float] = field(default_factory=list)  # of the request's own thread
    wall: list[float] = field(default_factory=list)  # at whoever pressed the button
    in_all: list[float] = field(
        default_factory=list
    )  # processor of all processes, till all is told and mailed


@dataclass
class Drain:
    rows: list[float] = field(default_factory=list)  # a second
    mails: list[float] = field(default_factory=list)


@dataclass
class Place:
    """A peer on a database, with what was asked of it by now."""

    deployment: Deployment
    sink: Sink
    child: Child
    acting: Acting = field(default_factory=Acting)
    next_post: int = 1
    tells: bool = True

    def take(self, number: int) -> int:
        first = self.next_post
        self.next_post += number
        return first

    def act(self, number: int, *, counts: bool) -> None:
        first = self.take(number)
        calls = [http.Call(path) for path in self.child.call("paths", first=first, number=number)]
        spent = self.deployment.cpu_seconds()
        load = http.run(self.deployment.port, calls, connections=CONNECTIONS)
        cpu, _wall = figures_of(json.loads(self.deployment.get("/stage/taken")))
        if self.tells:
            self.wait_until_done(first, number)
        if counts:
            self.acting.cpu.append(statistics.median(cpu) * 1000)
            self.acting.wall.append(statistics.median(load.seconds) * 1000)
            self.acting.in_all.append((self.deployment.cpu_seconds() - spent) / number * 1000)

    def wait_until_done(self, first: int, number: int) -> None:
        wanted = range(first, first + number)
        _wait_for(
            self.deployment, lambda: len({post for post, _at in self.mails() if post in wanted}) >= number
        )

    def mails(self) -> list[tuple[int, float]]:
        return self.sink.mails(self.deployment.mail_port)


def drain_backlog(deployment: Deployment, sink: Sink, mails: int, found: Drain) -> None:
    """Likes were written while nobody worked; then it starts. What starting takes is not counted."""
    number = mails * deployment.peer.backlog_times
    arrived: list[float] = []
    with deployment, deployment.child() as child:
        if deployment.peer.has_queue:
            child.call("queue", first=1, number=number)
            deployment.start()
        else:
            child.call("drain_by_threads", first=1, number=number)

        def is_done() -> bool:
            arrived[:] = sorted(at for _post, at in sink.mails(deployment.mail_port))
            return len(arrived) >= mails and len(child.call("told")) >= number

        _wait_for(deployment, is_done)
        rows = [at for _post, at in child.call("told")]
    if not deployment.peer.tells_in_request:
        found.rows.append(_rate(rows))
    found.mails.append(_rate(arrived[:mails]))


def _rate(times: list[float]) -> float:
    """A second. What came together with the first took nobody knows how long, and is not counted."""
    first = min(times)
    return sum(at > first for at in times) / (max(times) - first)


def _wait_for(deployment: Deployment, is_done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_done():
        for program in deployment.programs:
            program.check()
        if time.monotonic() > until:
            raise SystemExit(f"{deployment.peer.title} did not come to the end of its work.")
        time.sleep(0.1)


@dataclass(frozen=True)
class Losses:
    """What became of the likes that stand in the database when all is quiet again."""

    kills: int
    likes: int
    lost_rows: int
    doubled_rows: int
    lost_mails: int
    doubled_mails: int


def losses(kills: int, liked: list[int], told: list[int], mailed: list[int]) -> Losses:
    rows, mails = Counter(told), Counter(mailed)
    return Losses(
        kills,
        len(liked),
        sum(rows[post] == 0 for post in liked),
        sum(number - 1 for number in rows.values()),
        sum(mails[post] == 0 for post in liked),
        sum(number - 1 for number in mails.values()),
    )
