"""A pytest plugin: skips browser tests where there is no browser, and names at the end what was left unrun.

Under bin/test it leaves the list in the file that UNRUN_FILE names, and bin/test shows it after both runs.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from testing.browser import REMEDY, find_browser

UNRUN_FILE = "UNRUN_FILE"
skipped = pytest.StashKey[list[tuple[str, str]]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[skipped] = []
    config.pluginmanager.register(Collector(config.stash[skipped]), "unrun-collector")


class Collector:
    """Gathers (reason, test) pairs. In a parallel run all workers' reports arrive at the controller's."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not hasattr(report, "wasxfail"):  # an expected failure did run
            self._add(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._add(report)

    def _add(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            self.pairs.append((report.longrepr[2].removeprefix("Skipped: "), report.nodeid))


@pytest.hookimpl(tryfirst=True)  # before any fixture starts a server for the test
def pytest_runtest_setup(item: pytest.Item) -> None:
    marker = item.get_closest_marker("browser")
    if marker is None or find_browser(**marker.kwargs) is not None:
        return
    if everything_must_run():
        pytest.fail(REMEDY, pytrace=False)
    pytest.skip(REMEDY)


def everything_must_run() -> bool:
    return os.environ.get("BROWSER_TESTS") == "required" or os.environ.get("CI", "").lower() in {"1", "true"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    pairs = config.stash[skipped]
    if file := os.environ.get(UNRUN_FILE):
        with Path(file).open("a", encoding="utf-8") as ledger:
            ledger.writelines(f"{reason}\t{test}\n" for reason, test in pairs)
    elif pairs:
        terminalreporter.section("left unrun")
        terminalreporter.write_line(describe(pairs))


def describe(pairs: Iterable[tuple[str, str]]) -> str:
    """The tests under the reason that they share; a test that two runs left out is named once."""
    by_reason: dict[str, dict[str, None]] = {}
    for reason, test in pairs:
        by_reason.setdefault(reason, {})[test] = None
    return "\n".join(
        f"{len(tests)} left unrun: {reason}.\n" + "\n".join(f"  {test}" for test in tests)
        for reason, tests in by_reason.items()
    )
