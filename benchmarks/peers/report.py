"""The part of docs/benchmarks.md that is made by a run: tables, and what they were measured on."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from operator import sub, truediv
from typing import Any, Self

from benchmarks.figures import rounded, spread

from . import BELLTOWER, PEERS, WITHOUT, Peer
from .measuring import Acting, Drain, Losses

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
DATABASES = ("PostgreSQL", "SQLite")
ACTING = (
    "CPU of the request, ms",
    "added, ms",
    "× without",
    "answered after, ms",
    "added, ms",
    "× without",
    "CPU in all, ms a like",
)
DRAIN = ("rows/s", "mails/s", "Belltower's rows ×", "Belltower's mails ×")
KILLS = ("kills", "likes", "without a row", "doubled rows", "without a mail", "doubled mails")
Row = Sequence[str]


@dataclass
class Results:
    """By the name of a peer, for one database."""

    acting: dict[str, Acting] = field(default_factory=dict)
    drain: dict[str, Drain] = field(default_factory=dict)
    kills: dict[str, Losses] = field(default_factory=dict)

    @classmethod
    def of(cls, kept: Any) -> Self:
        """From what `asdict` made of it."""
        return cls(
            {name: Acting(**each) for name, each in kept["acting"].items()},
            {name: Drain(**each) for name, each in kept["drain"].items()},
            {name: Losses(**each) for name, each in kept["kills"].items()},
        )

    def drain_of(self, peer: Peer) -> Drain:
        return self.drain.setdefault(peer.name, Drain())


def document(text: str, measured: Mapping[str, Results], facts: Sequence[tuple[str, str]]) -> str:
    """The same document with what stands between its marks made anew."""
    before, _begin, rest = text.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables(measured, facts)}\n{END}{after}"


def tables(measured: Mapping[str, Results], facts: Sequence[tuple[str, str]]) -> str:
    parts = []
    for heading, columns, part, rows_of in (
        ("The request that acts", ACTING, "acting", _acting_rows),
        ("From a backlog to the inbox and the mail server", DRAIN, "drain", _drain_rows),
        ("SIGKILL", KILLS, "kills", _kill_rows),
    ):
        for database in DATABASES:
            if database in measured and getattr(measured[database], part):
                parts += [f"### {heading}: {database}", _table(columns, rows_of(measured[database]))]
    parts += ["### Measured on", "\n".join(f"- {name}: {value}" for name, value in facts)]
    return "\n\n".join(parts)


def _table(columns: Sequence[str], rows: list[Row]) -> str:
    lines = [("", *columns), ("---", *["---:"] * len(columns)), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _acting_rows(results: Results) -> list[Row]:
    rows: list[Row] = []
    for peer in (*WITHOUT, *PEERS):
        mine = results.acting[peer.name]
        cells = [peer.title]
        for part in ("cpu", "wall"):
            values = getattr(mine, part)
            cells.append(spread(values))
            if peer in WITHOUT:
                cells += ["", ""]
                continue
            others = getattr(results.acting[peer.against], part)
            cells += [_paired(values, others, sub), _paired(values, others, truediv)]
        rows.append([*cells, spread(mine.in_all)])
    return rows


def _drain_rows(results: Results) -> list[Row]:
    rows: list[Row] = []
    ours = results.drain[BELLTOWER.name]
    for peer in PEERS:
        drain = results.drain[peer.name]
        cells = [
            peer.title,
            "in the request" if peer.tells_in_request else spread(drain.rows),
            spread(drain.mails),
        ]
        pairs = ((ours.rows, drain.rows), (ours.mails, drain.mails))
        rows.append([*cells, *("" if peer is BELLTOWER else _paired(*pair, truediv) for pair in pairs)])
    return rows


def _kill_rows(results: Results) -> list[Row]:
    return [[peer.title, *map(str, astuple(results.kills[peer.name]))] for peer in PEERS]


def _paired(mine: list[float], theirs: list[float], how: Callable[[float, float], float]) -> str:
    """The median over the rounds, each against its own round."""
    if not mine or not theirs:
        return "-"
    return rounded(statistics.median(how(one, other) for one, other in zip(mine, theirs, strict=True)))
