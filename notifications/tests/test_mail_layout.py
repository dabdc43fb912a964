"""Text for a terminal of 80 columns, and HTML that needs nothing from elsewhere."""

import re

import pytest

from notifications.composing.layout import WIDTH, columns, inlined, laid_out, shortened, wrapped
from notifications.kinds import Words

LONG = "word " * 40
LINK = "https://belltower.example/notifications/why/" + "x" * 80 + "/"


@pytest.mark.parametrize(
    ("line", "begins", "goes_on"),
    [
        (LONG, "word", "word"),
        ("> " + LONG, "> word", "> word"),
        ("> > " + LONG, "> > word", "> > word"),
        ("    " + LONG, "    word", "    word"),
        ("- " + LONG, "- word", "  word"),
        ("    12. " + LONG, "    12. word", "        word"),
        (">     - " + LONG, ">     - word", ">       word"),
    ],
)
def test_a_long_line_goes_on_as_it_began(line: str, begins: str, goes_on: str) -> None:
    rows = wrapped(line)
    assert len(rows) > 2
    assert rows[0].startswith(begins)
    assert all(row.startswith(goes_on) for row in rows[1:])
    assert all(columns(row) <= WIDTH for row in rows)
    assert " ".join(rows).count("word") == 40


def test_a_link_is_never_cut_and_begins_a_line_where_it_does_not_fit() -> None:
    assert wrapped(LINK) == [LINK]
    assert wrapped(f"See it here and now, whatever else there is: {LINK} or later")[1] == LINK


def test_writing_without_spaces_is_cut_by_its_width_on_the_screen() -> None:
    rows = wrapped("    " + "鐘" * 100)
    assert all(columns(row) <= WIDTH for row in rows)
    assert "".join(rows).count("鐘") == 100


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x0b", "\x0c", "\x85", "\r\n", "\r"])
def test_whatever_breaks_a_line_breaks_a_line(character: str) -> None:
    assert laid_out(f"one{character}two") == "one\ntwo\n"


def test_nothing_in_a_text_looks_like_the_foot_but_the_foot() -> None:
    assert laid_out("words\n--  \n\n\n\nmore\n\n-- \nfoot") == "words\n--\n\nmore\n\n-- \nfoot\n"


def test_very_long_words_are_cut_and_stay_whole_html() -> None:
    html = "<ul>" + "<li>a <strong>b &amp; c</strong></li>" * 2000 + "</ul>"
    short = shortened(Words("a b " * 5000, html))
    assert len(short.text) < 2600
    assert len(re.sub(r"<[^>]+>", "", short.html)) < 8000
    assert short.html.count("<li>") == short.html.count("</li>")
    assert short.html.endswith("</ul>")


def test_links_within_the_site_are_whole_for_readers_elsewhere() -> None:
    html = '<a href="/u/bob/">@bob</a> <a href="//evil.example/">x</a> <a href="https://example.com/">y</a>'
    assert shortened(Words("", html)).html == html.replace('"/u/bob/"', '"http://localhost:8000/u/bob/"')


def test_styles_are_at_the_elements_and_those_for_dark_and_narrow_screens_stay() -> None:
    kept = '<style data-css-inline="keep">@media (prefers-color-scheme: dark) { p { color: #fff } }</style>'
    html = inlined(f"<html><head><style>p {{ color: #000 }}</style>{kept}</head><body><p>x</p></body></html>")
    assert '<p style="color: #000;">x</p>' in html
    assert html.count("<style") == 1
    assert "prefers-color-scheme: dark" in html
