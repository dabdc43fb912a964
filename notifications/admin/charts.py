"""Small charts as plain geometry: the template writes the SVG, the stylesheet colours it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

STEP, HEIGHT = 10, 100  # of one step and of the whole, in the units of the drawing
GAP = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """All bars of one shade as one path, or a stretch of a line."""

    points: str
    shade: str  # a class of the stylesheet


@dataclass(frozen=True, slots=True)
class Chart:
    title: str | Promise
    peak: float  # what its full height stands for
    unit: str  # count or seconds
    width: int
    bars: list[Mark]
    lines: list[Mark]

    height = HEIGHT


def bars(title: str | Promise, series: dict[str, Sequence[float]], *, unit: str = "count") -> Chart:
    """Stacked: shade → a value for each step."""
    steps = list(zip(*series.values(), strict=True))
    peak = max(map(sum, steps), default=0)
    paths: dict[str, list[str]] = defaultdict(list)
    for number, values in enumerate(steps):
        top = float(HEIGHT)
        for shade, value in zip(series, values, strict=True):
            if value:
                height = max(1.0, round(HEIGHT * value / peak, 1))  # a single one shows beside thousands
                top = max(0.0, round(top - height, 1))
                paths[shade].append(
                    f"M{number * STEP + GAP / 2:g},{top:g}h{STEP - GAP}v{height:g}h-{STEP - GAP}z"
                )
    drawn = [Mark("".join(path), shade) for shade, path in paths.items()]
    return Chart(title, peak, unit, len(steps) * STEP, drawn, [])


def lines(title: str | Promise, series: dict[str, Sequence[float | None]], *, unit: str = "seconds") -> Chart:
    """Shade → a value for each step; where there is none, the line breaks."""
    peak = max((value for values in series.values() for value in values if value is not None), default=0)
    width = max(map(len, series.values())) * STEP
    drawn = [
        Mark(points, shade) for shade, values in series.items() for points in _stretches(values, peak or 1)
    ]
    return Chart(title, peak, unit, width, [], drawn)


def _stretches(values: Sequence[float | None], peak: float) -> Iterable[str]:
    points: list[str] = []
    for number, value in enumerate([*values, None]):
        if value is not None:
            y = round(HEIGHT - HEIGHT * value / peak, 1)
            # From one edge of its step to the other, so that a single one shows.
            points += [f"{number * STEP},{y}", f"{(number + 1) * STEP},{y}"]
        elif points:
            yield " ".join(points)
            points = []
