"""How mail programs thread: Jamie Zawinski's algorithm (jwz.org/doc/threading.html), as far as headers go.

Its last step, which also gathers what has the same subject, is left out: programs that follow it would
show more in one thread, never less.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import Message


@dataclass(eq=False)
class Container:
    """A message, or the place of one that is referred to and was never seen."""

    id: str
    message: Message | None = None
    parent: "Container | None" = None
    children: "list[Container]" = field(default_factory=list)

    def is_above(self, other: "Container | None") -> bool:
        while other is not None:
            if other is self:
                return True
            other = other.parent
        return False


def threads(messages: Iterable[Message]) -> list[set[str]]:
    """The Message-IDs of each thread."""
    table: dict[str, Container] = {}

    def container(name: str) -> Container:
        return table.setdefault(name, Container(name))

    for number, message in enumerate(messages):
        this = container(message["Message-ID"])
        if this.message is not None:
            this = container(f"copy {number} of {message['Message-ID']}")
        this.message = message
        above = None
        for reference in _references(message):
            there = container(reference)
            if above is not None and there.parent is None and not there.is_above(above):
                _put(there, above)
            above = there
        if above is not None and not this.is_above(above):
            if this.parent is not None:
                this.parent.children.remove(this)
            _put(this, above)
    roots = [each for each in table.values() if each.parent is None]
    return [names for root in roots if (names := set(_names(root)))]


def _references(message: Message) -> list[str]:
    """Oldest first; what it answers counts where nothing else is said."""
    found = re.findall(r"<[^<>\s]+>", message["References"] or "")
    return found or re.findall(r"<[^<>\s]+>", message["In-Reply-To"] or "")[:1]


def _put(child: Container, parent: Container) -> None:
    child.parent = parent
    parent.children.append(child)


def _names(root: Container) -> Iterable[str]:
    if root.message is not None:
        yield root.message["Message-ID"]
    for child in root.children:
        yield from _names(child)
