"""Whether a text has what a rule looks for: plain searches, in time that grows with the text alone.

What is compared has no case, accents or invisible characters, and one blank between two words.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from community.search import plain

from .models import WordRule

_NO_WORD = re.compile(r"[\W_]+")
_NO_HOST = re.compile(r"[^\w.-]+")
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """A text as rules see it, made once for all of them."""

    words: str
    hosts: frozenset[str]

    @classmethod
    def of(cls, text: str) -> "Text":
        visible = plain("".join(c for c in text if unicodedata.category(c) != "Cf"))
        pieces = (piece.strip(".-") for piece in _NO_HOST.split(visible))
        hosts = frozenset(piece for piece in pieces if "." in piece)
        return cls(f" {' '.join(_NO_WORD.sub(' ', visible).split())} ", hosts)


def matching(rules: Iterable[WordRule], text: Text) -> list[WordRule]:
    return [rule for rule in rules if matches(rule, text)]


def matches(rule: WordRule, text: Text) -> bool:
    if rule.kind == WordRule.Kind.DOMAIN:
        return any(host == rule.pattern or host.endswith(f".{rule.pattern}") for host in text.hosts)
    pattern = rule.pattern
    before = "" if pattern.startswith("*") else " "
    after = "" if pattern.endswith("*") else " "
    return f"{before}{pattern.strip('*')}{after}" in text.words


def clean_pattern(kind: str, pattern: str) -> str:
    """As it is compared. Raises ValidationError for what would match nothing, or nearly everything."""
    if kind == WordRule.Kind.DOMAIN:
        hosts = sorted(Text.of(pattern.removeprefix("*.")).hosts)
        if len(hosts) != 1:
            raise ValidationError({"pattern": _("This is no domain, such as example.com.")})
        return hosts[0]
    stripped = pattern.strip()
    inner = stripped.strip("*")
    words = Text.of(inner).words.strip()
    if "*" in inner or len(words) < (3 if inner != stripped else 2):
        raise ValidationError({"pattern": _("Write whole words, with a * in front or behind at most.")})
    return f"{'*' if stripped.startswith('*') else ''}{words}{'*' if stripped.endswith('*') else ''}"


def links_in(text: str) -> int:
    return len(_LINK.findall(text))
