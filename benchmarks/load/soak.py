"""An hour of use in which the server is killed every ten minutes: does anything grow that should not?"""

import argparse
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks import usage
from benchmarks.figures import Table, percentile
from benchmarks.http import Call

from .offering import Offered, offer
from .stage import Stage, stages

SETTLE_SECONDS = 5.0  # after a start, before the first look
LOOKS = 3  # at each life of the server: after its start, in the middle, before its end
AT_ONCE = 500  # calls that are asked for ahead


@dataclass
class Soak:
    stage: Stage
    options: argparse.Namespace
    looks: list[dict[str, float]] = field(default_factory=list)
    lives: list[Offered] = field(default_factory=list)


def measure(options: argparse.Namespace) -> None:
    with stages(options, [options.people]) as found:
        soaks = [Soak(stage, options) for stage in found[options.people]]
        threads = [threading.Thread(target=_live, args=(soak,)) for soak in soaks]  # side by side
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for soak in soaks:
            _show(soak)


def _live(soak: Soak) -> None:
    """One life of the server after the other. Each but the last is ended by SIGKILL, under load."""
    left = soak.options.minutes * 60
    while left > 0.5:
        seconds = min(left, soak.options.kill_minutes * 60)
        left -= seconds
        with soak.stage.site() as (port, process):
            soak.lives.append(_one_life(soak, port, process, seconds, kill=left > 0.5))
        print(f"{soak.stage.name}: {left / 60:.1f} minutes left", file=sys.stderr)


def _one_life(soak: Soak, port: int, process: int, seconds: float, *, kill: bool) -> Offered:
    found: list[Offered] = []
    stop = threading.Event()
    load = threading.Thread(
        target=lambda: found.append(
            offer(port, _calls(soak.stage), rate=soak.options.rate, seconds=seconds * 2, stop=stop)
        )
    )
    load.start()
    settle = min(SETTLE_SECONDS, seconds / 5)
    for look in range(LOOKS):
        time.sleep(settle if look == 0 else (seconds - settle) / (LOOKS - 1))
        soak.looks.append(_look(soak.stage, process))
    if kill:
        usage.kill(process)
    stop.set()
    load.join()
    if not kill:
        soak.stage.ask("wait_until_done")
    return found[0]


def _calls(stage: Stage) -> Iterator[Call]:
    while True:
        yield from stage.calls(AT_ONCE)


def _look(stage: Stage, process: int) -> dict[str, float]:
    return {
        "memory, MB": usage.memory(process),
        "threads": usage.threads(process),
        "open files": usage.files(process),
        **stage.sizes(),
    }


def _show(soak: Soak) -> None:
    """First and last life in columns; and in the title whether anything was lost."""
    columns = ("start", "middle", "end", "least of all", "most of all")
    looks, lives = soak.looks, soak.lives
    lived = sum(life.took for life in lives) / 60  # less than asked for where the server did not start again
    title = f"{soak.stage.name}: {lived:.0f} minutes under load, {len(lives)} lives of the server"
    table = Table(title, columns=columns)
    for word in looks[0]:
        for column, look in zip(columns, (looks[0], looks[len(looks) // 2], looks[-1]), strict=False):
            table.add(word, column, [look[word]])
        table.add(word, "least of all", [min(look[word] for look in looks)])
        table.add(word, "most of all", [max(look[word] for look in looks)])
    halves = (lives[0], lives[len(lives) // 2], lives[-1])
    for column, life in zip(columns, halves, strict=False):
        table.add("p95 of an action, ms", column, [percentile(life.seconds, 95) * 1000])
    table.show()
    answered = [call for life in lives for call in life.answered]
    likes = [[call.path, call.token] for call in answered if call.what == "like"]
    broken = sum(len(life.errors) for life in lives)
    lost = soak.stage.ask("lost", answered=likes)
    promises = soak.stage.ask("broken_promises")
    print(f"{len(answered):,} actions answered, {broken} cut off by the kills or refused while it was away.")
    print(
        f"Of {len(likes):,} likes answered with yes {lost} are told nobody. Broken promises: {promises or 0}"
    )
