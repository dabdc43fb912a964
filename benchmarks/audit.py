"""What a long audit log costs: appending a row, sealing, proving all of it, and finding something in it."""

import sys
from contextlib import ExitStack

from benchmarks import options
from benchmarks.child import Child
from benchmarks.databases import servers
from benchmarks.figures import Bound, Table

ROWS, QUICK_ROWS = 1_000_000, 20_000
READS_ALL = "text:, all rows read"
RECORDED = Bound(4, 2)  # times a row of Django's own log, which proves nothing
PROVEN = Bound(0.1, 0.25, at_least=True)  # of the rate of reading the rows
FOUND = Bound(0.2, 0.05)  # of the time that reading all rows takes; of few rows, all is soon read
LARGE = 200_000  # rows from which that is a bound


def main() -> int:
    arguments = options.parse(__doc__, rounds=3, quick_rounds=1)
    rows = QUICK_ROWS if arguments.quick else ROWS
    with ExitStack() as stack:
        children = {
            server.name: stack.enter_context(Child("audit", server.url("audit"), AUDIT_CHECKPOINT_FILE=""))
            for server in stack.enter_context(servers(arguments.only))
        }
        table = Table(f"An audit log of {rows:,} rows, and {rows // 5:,} events")
        for name, child in children.items():
            table.add("sealing all, rows a second", name, [child.call("prepare", rows=rows)])
        for name, child in children.items():
            writes, reads, proofs = [], [], []
            for _round in range(arguments.rounds):
                writes.append(child.call("append", count=500))
                reads.append(child.call("measure", repeats=5))
                proofs.append(child.call("prove"))
            show(table, name, writes, reads, proofs, is_large=rows >= LARGE)
    table.show()
    return 0


def show(
    table: Table,
    name: str,
    writes: list[dict[str, float]],
    reads: list[dict[str, float]],
    proofs: list[dict[str, float]],
    *,
    is_large: bool,
) -> None:
    table.add("a row, microseconds", name, [taken["recorded"] for taken in writes])
    table.add(
        "… times one of Django's log", name, [taken["recorded"] / taken["bare"] for taken in writes], RECORDED
    )
    table.add("sealing a row, microseconds", name, [taken["sealed"] for taken in writes])
    table.add("proving, rows a second", name, [rates["proven"] for rates in proofs])
    table.add(
        "… share of the rate of reading", name, [rates["proven"] / rates["read"] for rates in proofs], PROVEN
    )
    for reading in reads[0]:
        table.add(f"{reading}, ms", name, [times[reading] for times in reads])
        if reading != READS_ALL:
            shares = [times[reading] / times[READS_ALL] for times in reads]
            table.add(f"{reading}, of reading all", name, shares, FOUND if is_large else None)


if __name__ == "__main__":
    sys.exit(main())
