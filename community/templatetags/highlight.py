"""The words that were looked for, in the text where they were found."""

from itertools import pairwise

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from community.search import plain
from community.text import excerpt

register = template.Library()

BEFORE, SHOWN = 60, 220  # characters of a text
READ = 25_000  # more than any text may have


@register.filter
def found_in(words: list[str], html: str) -> SafeString:
    """`{{ words|found_in:post.content_html }}`: a stored text around the first of the words, marked."""
    text = excerpt(html, READ)
    spans = _spans(text, words)
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    if start:
        start = text.rfind(" ", 0, start + 1) + 1
    end = min(len(text), start + SHOWN)
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + SHOWN // 2)
    marked = _mark(text, start, end, [span for span in spans if start <= span[0] and span[1] <= end])
    return format_html("{}{}{}", "… " if start else "", marked, " …" if end < len(text) else "")


@register.filter
def found_in_plain(words: list[str], text: str) -> SafeString:
    """The same for a title or a name: all of it, and no markup in it."""
    return _mark(text, 0, len(text), _spans(text, words))


def _spans(text: str, words: list[str]) -> list[tuple[int, int]]:
    """Where a word of `text` begins with one of `words`. By character, for `plain` changes lengths."""
    folded, origin = [], []
    for position, character in enumerate(text):
        for letter in plain(character):
            folded.append(letter)
            origin.append(position)
    line = "".join(folded)
    spans = []
    for word in words:
        place = line.find(word)
        while place >= 0:
            if place == 0 or not line[place - 1].isalnum():
                spans.append((origin[place], origin[place + len(word) - 1] + 1))
            place = line.find(word, place + len(word))
    return _apart(sorted(spans))


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _mark(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> SafeString:
    edges = [start, *(edge for span in spans for edge in span), end]
    pieces = [text[a:b] for a, b in pairwise(edges)]
    return format_html_join(
        "",
        "{}",
        ((format_html("<mark>{}</mark>" if n % 2 else "{}", piece),) for n, piece in enumerate(pieces)),
    )
