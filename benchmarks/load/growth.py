"""What each action costs as the community grows ten and a hundred times, with as much for each person."""

import argparse
import random
import sys
import time
from dataclasses import dataclass, field

from benchmarks import http
from benchmarks.figures import Bound, Table

from .mix import MIX
from .stage import Stage, stages
from .usage import cpu, used

FLAT = Bound(1.2, 1.0)
CONNECTIONS = 2
AFTERWARDS_SECONDS = 1.5  # in which what follows from the actions is told and mailed
COUNTED = {
    "statements": "statements",
    "pages": "pages of the database touched",
    "records": "bytes of WAL, but for images of whole pages",
    "images": "bytes of WAL, images of whole pages",
}
COMMUNITY = "CPU ms of the site"
DATABASE = "CPU ms of PostgreSQL"
Costs = dict[str, float]


@dataclass
class Place:
    """One size on one database, with its site at work."""

    stage: Stage
    port: int
    process: int
    idle: tuple[float, float] = (0.0, 0.0)  # seconds of CPU a second, of the site and of PostgreSQL
    costs: dict[str, list[Costs]] = field(default_factory=dict)


def measure(options: argparse.Namespace) -> None:
    rounds, number = options.rounds or (1 if options.quick else 5), 10 if options.quick else 40
    sizes = [*dict.fromkeys(max(50, options.people // part) for part in (100, 10, 1))]
    with stages(options, sizes) as found:
        for on_one_database in zip(*found.values(), strict=True):
            _measure(dict(zip(sizes, on_one_database, strict=True)), rounds, number)


def _measure(stages_by_size: dict[int, Stage], rounds: int, number: int) -> None:
    """One site at a time is at work, so that what another writes by itself is not counted."""
    places: dict[int, dict[str, list[Costs]]] = {size: {} for size in stages_by_size}
    name = ""
    for round_number in range(rounds + 1):
        for size, stage in random.sample([*stages_by_size.items()], len(stages_by_size)):
            name = stage.name
            with stage.site() as (port, process):
                place = Place(stage, port, process)
                http.run(port, stage.calls(100 if number > 10 else 10), connections=CONNECTIONS)
                stage.ask("wait_until_done")
                place.idle = _at_rest(place)
                for kind in random.sample([*MIX], len(MIX)):
                    costs = _cost(place, kind, number)
                    if round_number:  # the first writes whole pages to the log, and warms what is cached
                        places[size].setdefault(kind, []).append(costs)
        print(f"{name}: round {round_number}", file=sys.stderr)
    _show(name, places)


def _at_rest(place: Place) -> tuple[float, float]:
    seconds = AFTERWARDS_SECONDS * 2
    before, database = cpu(place.process), place.stage.database_cpu()
    time.sleep(seconds)
    spent_there = used(database, place.stage.database_cpu())
    return (cpu(place.process) - before) / seconds, spent_there / seconds


def _cost(place: Place, kind: str, number: int) -> Costs:
    """Of one action, with all that follows from it; without what the site does when nobody is there."""
    stage = place.stage
    calls = stage.calls(number, kind)
    counted = stage.ask("counters")
    before, database, begun = cpu(place.process), stage.database_cpu(), time.monotonic()
    http.run(place.port, calls, connections=CONNECTIONS)
    time.sleep(AFTERWARDS_SECONDS)
    took = time.monotonic() - begun
    spent, spent_there = cpu(place.process) - before, used(database, stage.database_cpu())
    after = stage.ask("counters", since=counted["place"]) if counted else {}
    stage.ask("wait_until_done")
    costs = {COMMUNITY: (spent - place.idle[0] * took) / number * 1000}
    if after:
        costs[DATABASE] = (spent_there - place.idle[1] * took) / number * 1000
        costs |= {word: (after[word] - counted[word]) / number for word in ("statements", "pages")}
        costs |= {word: after[word] / number for word in ("records", "images")}
    return costs


def _show(name: str, places: dict[int, dict[str, list[Costs]]]) -> None:
    """A column for each size, and how often the largest has what the smallest has."""
    smallest, *_between, largest = places
    columns = (*(f"{size:,} people" for size in places), "× the smallest")
    table = Table(f"{name}: what an action costs, with all that follows from it", columns=columns)
    words = [COMMUNITY, *([DATABASE, *COUNTED] if name == "PostgreSQL" else [])]
    for word in words:
        for kind in MIX:
            what = f"{kind}: {COUNTED.get(word, word)}"
            for size, kinds in places.items():
                table.add(what, f"{size:,} people", [costs[word] for costs in kinds[kind]])
            pairs = zip(places[largest][kind], places[smallest][kind], strict=True)
            ratios = [one[word] / other[word] for one, other in pairs if other[word] > 0]
            table.add(what, "× the smallest", ratios, None)
    for word in words:
        if word == "images":
            continue
        ratios = _of_the_mix(places, word, largest, smallest)
        for size, kinds in places.items():
            table.add(f"the mix: {COUNTED.get(word, word)}", f"{size:,} people", _mixed(kinds, word))
        table.add(f"the mix: {COUNTED.get(word, word)}", "× the smallest", ratios, FLAT)
    table.show()


def _mixed(kinds: dict[str, list[Costs]], word: str) -> list[float]:
    """Of an action of the mix, in each round."""
    total = sum(MIX.values())
    rounds = len(next(iter(kinds.values())))
    return [sum(kinds[kind][n][word] * MIX[kind] for kind in kinds) / total for n in range(rounds)]


def _of_the_mix(
    places: dict[int, dict[str, list[Costs]]], word: str, largest: int, smallest: int
) -> list[float]:
    pairs = zip(_mixed(places[largest], word), _mixed(places[smallest], word), strict=True)
    return [one / other for one, other in pairs if other > 0]
