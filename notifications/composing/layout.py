"""The two forms of a mail: HTML that needs nothing from elsewhere, and text for a terminal of 80 columns."""

import re
import unicodedata
from collections.abc import Iterator

import css_inline
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from ..kinds import Words

WIDTH = 72  # of text: room for a few marks of those who quote it
WORDS_LENGTH = 2500  # of one post or comment; the rest is on the page
SIGNATURE = "-- "  # what follows it is the foot of the mail, and mail programs know
# What a line begins with, and goes on with when it is wrapped: indentation, quotation, the mark of a list.
_BEGINNING = re.compile(r"(?P<margin>\s*(?:>[> ]*)?)(?P<mark>(?:[-*+•]|\d{1,3}[.)])\s+)?")
_inliner = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


def inlined(html: str) -> str:
    """With its styles at each element; those marked as kept (dark, narrow) stay in the head."""
    return _inliner.inline(html)


def shortened(words: Words) -> Words:
    """With whole addresses, and cut where it is very long."""
    text, html = words.text, whole_links(words.html)
    if len(text) > WORDS_LENGTH:
        text = Truncator(text).chars(WORDS_LENGTH)
        html = mark_safe(Truncator(html).chars(WORDS_LENGTH, html=True))  # nosec B308 B703 # it was safe
    return Words(text, html)


def whole_links(html: str) -> SafeString:
    """Links within the site, for readers who are elsewhere."""
    whole = re.sub(r'(href=")(/(?!/)[^"]*")', rf"\g<1>{settings.SITE_URL}\g<2>", html)
    return mark_safe(whole)  # nosec B308 B703 # cleaned when it was stored


def laid_out(text: str) -> str:
    """No line longer than WIDTH but for links, and never more than one empty line."""
    lines = [line for each in text.splitlines() for line in wrapped(each)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip()) + "\n"


def wrapped(line: str) -> list[str]:
    """One line as several; each goes on as it began. A link is never cut."""
    if line == SIGNATURE:
        return [line]
    line = line.rstrip()
    beginning = _BEGINNING.match(line)
    if beginning is None or columns(line) <= WIDTH:
        return [line]
    margin, mark = beginning["margin"], beginning["mark"] or ""
    room = max(WIDTH - columns(margin + mark), 20)
    rows = _rows(line[beginning.end() :].split(), room)
    return [margin + (" " * len(mark) if number else mark) + row for number, row in enumerate(rows)]


def _rows(words: list[str], room: int) -> Iterator[str]:
    row = ""
    for word in words:
        if row and columns(row) + 1 + columns(word) > room:
            yield row
            row = ""
        *whole, rest = _pieces(word, room)
        if whole:
            yield from whole
        row = f"{row} {rest}" if row else rest
    yield row


def _pieces(word: str, room: int) -> list[str]:
    """Chinese and Japanese put no spaces between words: they may be cut anywhere. Nothing else may."""
    if columns(word) <= room or not any(map(_is_wide, word)):
        return [word]
    pieces = [""]
    for character in word:
        if columns(pieces[-1] + character) > room:
            pieces.append("")
        pieces[-1] += character
    return pieces


def columns(text: str) -> int:
    """How wide a terminal shows it."""
    if text.isascii():
        return len(text)
    return sum(2 if _is_wide(c) else 0 if unicodedata.combining(c) else 1 for c in text)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
