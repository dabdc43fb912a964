"""Belltower beside other ways of telling people of a like, on the same work: writes docs/benchmarks.md.

With --quick or --only the tables are printed, and the document stays. A part that is named is measured
alone; the document has the others as they were measured last (var/bench/measured.json).
"""

import argparse
import json
import os
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.child import ROOT
from benchmarks.peers import environments, report
from benchmarks.peers.facts import facts
from benchmarks.peers.run import FULL, QUICK, Run, prepared

DOCUMENT = ROOT / "docs" / "benchmarks.md"
MEASURED = environments.FOLDER / "measured.json"
PARTS = {"acting": Run.act, "drain": Run.drain, "kills": Run.strike}


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="|".join(PARTS), help="default: all of them")
    parser.add_argument("--quick", action="store_true", help="small sizes, for trying out")
    parser.add_argument("--only", choices=report.DATABASES, default="", help="one database alone")
    options = parser.parse_args()
    parts = options.parts or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"There is no part {', '.join(unknown)}.")
    environments.install()
    load_before, _five, _fifteen = os.getloadavg()
    size = QUICK if options.quick else FULL
    with (
        tempfile.TemporaryDirectory(prefix="belltower-comparison-", dir="/tmp") as folder,
        prepared(size, Path(folder), options.only) as run,
    ):
        for part in parts:
            PARTS[part](run)
        measured_on = facts(run, load_before)
    if options.quick or options.only:
        print(report.tables(run.results, measured_on))
    else:
        _write(run, parts, measured_on)
    return 0


def _write(run: Run, parts: list[str], measured_on: list[tuple[str, str]]) -> None:
    kept: dict[str, Any] = json.loads(MEASURED.read_text()) if MEASURED.exists() else {}
    for name, results in run.results.items():
        kept.setdefault(name, asdict(report.Results())).update(
            {part: asdict(results)[part] for part in parts}
        )
    MEASURED.write_text(json.dumps(kept))
    measured = {name: report.Results.of(each) for name, each in kept.items()}
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(report.document(text, measured, measured_on), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
