"""What to measure, on a community of what size."""

import argparse
import signal
import sys
from pathlib import Path

PARTS = ("rates", "growth", "workers", "soak")


def parse(description: str | None) -> argparse.Namespace:
    # So that an end by `kill` or `timeout` stops the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    parser = argparse.ArgumentParser(prog="benchmarks.load", description=description)
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="default: rates, growth and workers")
    parser.add_argument(
        "--quick", action="store_true", help="a small community and short times, for trying out"
    )
    parser.add_argument("--only", choices=["SQLite", "PostgreSQL"], default="", help="one database alone")
    parser.add_argument("--people", type=int, help="default 100,000")
    parser.add_argument("--notifications", type=int, help="default 50 for each person")
    parser.add_argument("--keep", type=Path, help="a folder under /tmp where the filled databases stay")
    parser.add_argument("--rounds", type=int, help="default 2 of rates, 5 of growth, 3 of workers")
    parser.add_argument("--actions", type=int, help="of each kind, in a round of growth; default 40")
    parser.add_argument("--minutes", type=float, help="of the soak, default 60")
    parser.add_argument("--kill-minutes", type=float, help="between two kills, default 10")
    parser.add_argument("--rate", type=float, default=5.0, help="actions a second of the soak, default 5")
    options = parser.parse_args()
    quick = options.quick
    options.part = options.part or list(PARTS[:3])
    options.people = options.people or (300 if quick else 100_000)
    options.notifications = options.notifications or options.people * 50
    options.actions = options.actions or (10 if quick else 40)
    options.minutes = options.minutes or (0.2 if quick else 60)
    options.kill_minutes = options.kill_minutes or (0.1 if quick else 10)
    return options
