"""The page on which people keep their account safe: sections that apps register, each with its template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

Context = Callable[[HttpRequest], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    template: str  # shown with `section`, which is what `context` answers, beside all that the page has
    context: Context
    order: int


_sections: dict[str, Section] = {}


def register(name: str, template: str, context: Context, *, order: int) -> None:
    _sections[name] = Section(name, template, context, order)


def sections_for(request: HttpRequest) -> list[dict[str, Any]]:
    """In their order. A section whose context is empty has nothing to say to this person."""
    asked = ((section, section.context(request)) for section in sorted(_sections.values(), key=_order))
    return [{"template": section.template, "context": context} for section, context in asked if context]


def _order(section: Section) -> int:
    return section.order
