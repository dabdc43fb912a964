"""How operators read durations and counts that stand in small places."""

from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def seconds(value: float | None) -> str:
    """In the unit that says it shortest: “0.4 s”, “12 s”, “3 min”, “2.5 h”, “4 d”."""
    if value is None:
        return "–"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if value >= 2 * size:
            return f"{_short(value / size)} {unit}"
    return f"{_short(value)} s"


def _short(number: float) -> str:
    return number_format(round(number, 0 if number >= 10 else 1), 0 if number >= 10 or not number % 1 else 1)


@register.filter
def of(mapping: dict[str, object], key: str) -> object:
    return mapping.get(key)
