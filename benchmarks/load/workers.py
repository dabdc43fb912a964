"""How many events a second one, two and four processes bring to the inbox, and what that takes."""

import argparse
import random
import sys
from contextlib import ExitStack

from benchmarks.child import Child
from benchmarks.figures import Table
from benchmarks.usage import used

from .stage import Stage, stages

NUMBERS = (1, 2, 4)


def measure(options: argparse.Namespace) -> None:
    rounds, events = options.rounds or (1 if options.quick else 3), 300 if options.quick else 10_000
    table = Table(f"{events:,} likes brought to the inbox by so many processes")
    with stages(options, [options.people]) as found, ExitStack() as stack:
        for stage in found[options.people]:
            crew = [stack.enter_context(Child("load", stage.url)) for _each in range(max(NUMBERS))]
            rates: dict[int, list[float]] = {number: [] for number in NUMBERS}
            for round_number in range(rounds):
                for number in random.sample(NUMBERS, len(NUMBERS)) if round_number else NUMBERS:
                    rates[number].append(_drain(table, stage, crew[:number], events))
            for number in NUMBERS[1:]:
                ratios = [many / one for many, one in zip(rates[number], rates[1], strict=True)]
                table.add(f"{number} processes × one", stage.name, ratios)
    table.show()


def _drain(table: Table, stage: Stage, crew: list[Child], events: int) -> float:
    waiting = stage.ask("queue", number=events)
    words = f"{len(crew)} process{'es' if len(crew) > 1 else ''}"
    database = stage.database_cpu()
    for child in crew:
        child.begin("drain")
    results = [child.finish() for child in crew]
    spent_there = used(database, stage.database_cpu())
    seconds = max(result["ended"] for result in results) - min(result["begun"] for result in results)
    spent = sum(result["cpu"] for result in results)
    table.gather(f"{words}: events/s", stage.name, waiting / seconds)
    table.gather(f"{words}: an event, CPU ms of the processes", stage.name, spent / waiting * 1000)
    if stage.name == "PostgreSQL":
        table.gather(f"{words}: an event, CPU ms of PostgreSQL", stage.name, spent_there / waiting * 1000)
    processors = (spent + spent_there) / seconds
    table.gather(f"{words}: processors kept busy", stage.name, processors)
    print(f"{stage.name}, {words}: {waiting / seconds:,.0f} events/s", file=sys.stderr)
    return float(waiting / seconds)
