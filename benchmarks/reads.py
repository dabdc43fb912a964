"""What it costs to look into a large inbox: milliseconds, and on PostgreSQL the pages (buffers) touched."""

import sys
from contextlib import ExitStack
from typing import Any

from benchmarks import options
from benchmarks.child import Child
from benchmarks.databases import servers
from benchmarks.figures import Bound, Table

PAGE, COUNT = Bound(25, 25), Bound(60, 5)
BOUNDS = {
    "page 1": PAGE,
    "page 100": PAGE,
    "page 1,000": PAGE,
    "API, page 1": PAGE,
    "API, page 100": PAGE,
    "API, page 1,000": PAGE,
    "unread badge": COUNT,
    "unread count, exact": Bound(60, 60),
}


def main() -> int:
    arguments = options.parse(__doc__, rounds=7)
    rows, people, deep = (100_000, 5_000, 100) if arguments.quick else (1_000_000, 50_000, 1_000)
    with ExitStack() as stack:
        children = {
            server.name: stack.enter_context(Child("reads", server.url("reads")))
            for server in stack.enter_context(servers(arguments.only))
        }
        for child in children.values():
            child.begin("prepare", rows=rows, people=people)
        sizes = {name: child.finish() for name, child in children.items()}
        times: dict[str, list[dict[str, float]]] = {name: [] for name in children}
        for _round in range(arguments.rounds):
            for name, child in children.items():
                times[name].append(child.call("measure", deep=deep, repeats=20))
        plans = {name: child.call("plans", deep=deep) for name, child in children.items()}
    size = next(iter(sizes.values()))
    table = Table(
        f"{rows:,} notifications of {people:,} people; one has {size['rows']:,}, {size['unread']:,} unread"
    )
    for name in children:
        show(table, name, times[name], plans[name])
    table.show()
    print("\nHow the rows are found")
    for name, found in plans.items():
        for reading, plan in found.items():
            print(f"{name}, {reading}: {'; '.join(plan['indexes'])}")
    return 0


def show(table: Table, name: str, rounds: list[dict[str, float]], plans: dict[str, Any]) -> None:
    for reading, plan in plans.items():
        table.add(f"{reading}, ms", name, [times[reading] for times in rounds])
        table.add(f"{reading}, statements", name, str(plan["statements"]))
        if name == "PostgreSQL":
            bound = BOUNDS.get(reading)
            buffers = plan["rows_buffers"] or plan["buffers"]
            table.add(f"{reading}, buffers of the rows", name, [buffers], bound)
            if plan["statements"] > 1:
                table.add(f"{reading}, buffers of all statements", name, [plan["buffers"]])


if __name__ == "__main__":
    sys.exit(main())
