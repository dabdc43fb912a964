"""How fast one post reaches everybody in a large group: the engine's chunks against one raw statement."""

import random
import sys
from contextlib import ExitStack

from benchmarks import options
from benchmarks.child import Child
from benchmarks.databases import servers
from benchmarks.figures import Bound, Table

BOUND = Bound(0.6, 0.85, at_least=True, only_on=("PostgreSQL",))


def main() -> int:
    arguments = options.parse(__doc__, rounds=7)
    sizes = [1_000, 10_000] if arguments.quick else [1_000, 10_000, 100_000]
    table = Table("One post in a group, told to its members (5 % opted out)")
    with ExitStack() as stack:
        children = {
            server.name: stack.enter_context(Child("fanout", server.url("fanout")))
            for server in stack.enter_context(servers(arguments.only))
        }
        for child in children.values():
            child.begin("prepare", sizes=sizes)
        for child in children.values():
            child.finish()
        rounds: dict[tuple[str, str, int], list[dict[str, float]]] = {}
        for _round in range(arguments.rounds):
            turns = [(name, case, size) for name in children for case in ("engine", "raw") for size in sizes]
            for turn in random.sample(turns, len(turns)):
                name, case, size = turn
                rounds.setdefault(turn, []).append(children[name].call(case, size=size))
                print(f"{name} {case} {size}: {rounds[turn][-1]['per_second']:,.0f} rows/s", file=sys.stderr)
    for size in sizes:
        for name in children:
            engine, raw = rounds[name, "engine", size], rounds[name, "raw", size]
            ratios = [
                mine["per_second"] / theirs["per_second"] for mine, theirs in zip(engine, raw, strict=True)
            ]
            bound = BOUND if size == max(sizes) else None
            table.add(f"{size:,} members: × raw INSERT … SELECT of the same rows", name, ratios, bound)
            table.add(f"{size:,} members: rows/s", name, [result["per_second"] for result in engine])
            table.add(f"{size:,} members: rows/s, raw", name, [result["per_second"] for result in raw])
            table.add(f"{size:,} members: longest chunk, s", name, [result["longest"] for result in engine])
            table.add(f"{size:,} members: statements", name, [result["statements"] for result in engine])
    table.show()
    return 0


if __name__ == "__main__":
    sys.exit(main())
