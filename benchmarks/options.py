"""The arguments that all benchmarks share."""

import argparse
import signal
import sys


def parse(description: str | None, *, rounds: int, quick_rounds: int = 2) -> argparse.Namespace:
    """`quick`, `rounds` and `only` (a database's name, or empty for both). Call it first."""
    # So that an end by `kill` or `timeout` stops the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, for trying out")
    parser.add_argument("--rounds", type=int, help=f"default {rounds}, with --quick {quick_rounds}")
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"], default="", help="one database alone")
    options = parser.parse_args()
    options.rounds = options.rounds or (quick_rounds if options.quick else rounds)
    return options
