"""How many actions a second the site bears while 95 of 100 are answered within a tenth of a second."""

import argparse
import sys

from benchmarks import http
from benchmarks.figures import Table, percentile
from benchmarks.usage import cpu, used

from .offering import Offered, offer
from .stage import Stage, stages

LIMIT_SECONDS = 0.1
CONNECTIONS = 8  # that look for the most that comes through, each sending its next when it has its answer
PARTS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of that, as rates that rise


def measure(options: argparse.Namespace) -> None:
    rounds, seconds = options.rounds or (1 if options.quick else 2), 1.5 if options.quick else 10.0
    table = Table(f"Actions of {options.people:,} people with {options.notifications:,} notifications")
    with stages(options, [options.people]) as found:
        for stage in found[options.people]:
            with stage.site() as (port, process):
                http.run(port, stage.calls(100), connections=CONNECTIONS)  # pays for the start
                for _round in range(rounds):
                    _rise(table, stage, port, process, seconds)
    table.show()


def _rise(table: Table, stage: Stage, port: int, process: int, seconds: float) -> None:
    load = http.run(port, stage.calls(int(seconds * 40)), connections=CONNECTIONS)
    ends = [begun + took for begun, took in zip(load.begun, load.seconds, strict=True)]
    most = len(ends) / (max(ends) - min(load.begun))
    table.gather(f"as fast as it goes, W={CONNECTIONS}: actions/s", stage.name, most)
    best = 0.0
    for part in PARTS:
        rate = most * part
        before, database = cpu(process), stage.database_cpu()
        offered = offer(port, iter(stage.calls(int(rate * seconds * 1.5))), rate=rate, seconds=seconds)
        spent, spent_there = cpu(process) - before, used(database, stage.database_cpu())
        done = len(offered.seconds)
        p95 = percentile(offered.seconds, 95)
        _refuse_errors(offered)
        table.gather(f"at {part:.0%} of that: p50, ms", stage.name, percentile(offered.seconds, 50) * 1000)
        table.gather(f"at {part:.0%} of that: p95, ms", stage.name, p95 * 1000)
        table.gather("an action, CPU ms of the site", stage.name, spent / done * 1000)
        table.gather("an action, CPU ms of PostgreSQL", stage.name, spent_there / done * 1000)
        print(f"{stage.name}: {done / offered.took:.1f}/s, p95 {p95 * 1000:.0f} ms", file=sys.stderr)
        if p95 <= LIMIT_SECONDS:
            best = max(best, done / offered.took)
    table.gather("actions/s with p95 within 100 ms", stage.name, best)
    stage.ask("wait_until_done")


def _refuse_errors(offered: Offered) -> None:
    if offered.errors:
        raise SystemExit(f"{len(offered.errors)} actions failed, the first with: {offered.errors[0]}")
