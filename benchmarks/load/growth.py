"""What each action costs as the community grows ten and a hundred times, with as much for each person.

Measured in one process without a server in between, and without a clock: CPU, statements, pages and bytes
are what they are on a busy machine, too.
"""

import argparse
import random
import sys

from benchmarks.figures import Bound, Table

from .mix import MIX
from .stage import Stage, stages

FLAT = Bound(1.2, 1.0)
WORDS = {
    "site": "CPU ms of Python",
    "database": "CPU ms of PostgreSQL",
    "statements": "statements",
    "pages": "pages of the database touched",
    "records": "bytes of WAL, but for images of whole pages",
    "images": "bytes of WAL, images of whole pages",
}
Costs = dict[str, float]
Places = dict[int, dict[str, list[Costs]]]  # people → what is done → of each round


def measure(options: argparse.Namespace) -> None:
    rounds = options.rounds or (1 if options.quick else 5)
    sizes = [*dict.fromkeys(max(50, options.people // part) for part in (100, 10, 1))]
    with stages(options, sizes) as found:
        for on_one_database in zip(*found.values(), strict=True):
            here = dict(zip(sizes, on_one_database, strict=True))
            _show(here[sizes[0]].name, _measure(here, rounds, options.actions))


def _measure(stages_by_size: dict[int, Stage], rounds: int, number: int) -> Places:
    places: Places = {size: {} for size in stages_by_size}
    for size, stage in stages_by_size.items():
        for kind in MIX:  # the first of each pays for what is loaded once
            stage.ask("cost", kind=kind, number=2)
        print(f"{size:,} people: begun", file=sys.stderr)
    for round_number in range(rounds):
        turns = [(size, kind) for size in stages_by_size for kind in MIX]
        for size, kind in random.sample(turns, len(turns)):
            costs = stages_by_size[size].ask("cost", kind=kind, number=number)
            places[size].setdefault(kind, []).append(costs)
        print(f"round {round_number}", file=sys.stderr)
    return places


def _show(name: str, places: Places) -> None:
    """A column for each size, and how often the largest has what the smallest has."""
    smallest = next(iter(places))
    columns = (*(f"{size:,} people" for size in places), "× the smallest")
    table = Table(f"{name}: what an action costs, with all that follows from it", columns=columns)
    known = places[smallest]["like"][0]
    for word, words in WORDS.items():
        if word not in known:
            continue
        for kind in MIX:
            values = {size: [costs[word] for costs in kinds[kind]] for size, kinds in places.items()}
            _row(table, f"{kind}: {words}", values, None)
        mixed = {size: _mixed(kinds, word) for size, kinds in places.items()}
        _row(table, f"the mix: {words}", mixed, None if word == "images" else FLAT)
    table.show()


def _row(table: Table, what: str, values: dict[int, list[float]], bound: Bound | None) -> None:
    smallest, *_between, largest = values
    for size, here in values.items():
        table.add(what, f"{size:,} people", here)
    pairs = zip(values[largest], values[smallest], strict=True)
    table.add(what, "× the smallest", [one / other for one, other in pairs if other > 0], bound)


def _mixed(kinds: dict[str, list[Costs]], word: str) -> list[float]:
    """Of an action of the mix, in each round."""
    total, rounds = sum(MIX.values()), len(next(iter(kinds.values())))
    return [sum(kinds[kind][n][word] * MIX[kind] for kind in kinds) / total for n in range(rounds)]
