"""Medians with their spread, and the table that every benchmark prints."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def rounded(value: float) -> str:
    """Three significant digits, no exponent: 12,300 and 0.0123."""
    if value == 0 or not math.isfinite(value):
        return str(value)
    digits = 2 - math.floor(math.log10(abs(value)))
    return f"{round(value, digits):,.{max(0, digits)}f}"


def spread(values: Sequence[float]) -> str:
    """`median (lowest to highest)`."""
    if not values:
        return "-"
    if len(values) == 1:
        return rounded(values[0])
    return f"{rounded(statistics.median(values))} ({rounded(min(values))} to {rounded(max(values))})"


@dataclass(frozen=True)
class Bound:
    """`at_least`: more is better; else less is. `only_on`: the columns that it binds, where not all."""

    floor: float
    aim: float
    at_least: bool = False
    only_on: tuple[str, ...] = ()

    def judge(self, value: float) -> str:
        better = value >= self.aim if self.at_least else value <= self.aim
        enough = value >= self.floor if self.at_least else value <= self.floor
        return "aim" if better else "floor" if enough else "MISSED"


@dataclass
class Table:
    """`what | SQLite | PostgreSQL | floor | aim`, or other columns; a value is the median of the rounds and
    their range."""

    title: str
    columns: tuple[str, ...] = ("SQLite", "PostgreSQL")
    _rows: list[tuple[str, Bound | None]] = field(default_factory=list)
    _cells: dict[tuple[str, str], str] = field(default_factory=dict)
    _gathered: dict[tuple[str, str], list[float]] = field(default_factory=dict)

    def add(
        self, what: str, database: str, values: Sequence[float] | str, bound: Bound | None = None
    ) -> None:
        if all(what != name for name, _bound in self._rows):
            self._rows.append((what, bound))
        if isinstance(values, str):
            self._cells[what, database] = values
            return
        cell = spread(values)
        if bound and (not bound.only_on or database in bound.only_on) and values:
            cell = f"{cell} {bound.judge(statistics.median(values))}"
        self._cells[what, database] = cell

    def gather(self, what: str, database: str, value: float) -> None:
        """One more round of that row."""
        values = self._gathered.setdefault((what, database), [])
        values.append(value)
        self.add(what, database, values)

    def show(self) -> None:
        header = ("what", *self.columns, "floor", "aim")
        lines = [
            (
                what,
                *(self._cells.get((what, column), "-") for column in self.columns),
                rounded(bound.floor) if bound else "",
                rounded(bound.aim) if bound else "",
            )
            for what, bound in self._rows
        ]
        widths = [max(len(line[column]) for line in [header, *lines]) for column in range(len(header))]
        print(f"\n{self.title}")
        for line in [header, tuple("-" * width for width in widths), *lines]:
            print(" | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())
