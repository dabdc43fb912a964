"""What people write never becomes a script, whatever a browser makes of it.

All that is in `scripts.py` goes through Markdown each time; `browser/test_no_script_runs.py` has pages of it
read by a browser. Of the slow texts a run meets a part; CHAOS=full: all.
"""

import re
import time
from html.parser import HTMLParser
from typing import Any

import nh3
import pytest

from accounts.models import User
from community.text import render_markdown

from .scripts import PAYLOADS, pathological
from .shares import share

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
SECONDS, TIMES = 1.0, 8  # one that is slow by its nature takes hundreds of times as long
PARTS = 18
USUAL = (
    "# Seeds\n\nTake *as many* as you **like**, says [the list](https://x.example/a).\n\n"
    "- one `code`\n- two\n\n> said\n\n"
)


def as_browsers_read(address: str) -> str:
    return re.sub(r"[\t\r\n]", "", address.strip("".join(map(chr, range(33)))))


class Strict(HTMLParser):
    """Nothing but what Markdown has words for."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            assert tag == "a", (tag, name)
            assert name in {"href", "title", "rel"}, name
            if name == "href":
                scheme = SCHEME.match(as_browsers_read(value or ""))
                assert scheme is None or scheme[1].lower() in {"http", "https", "mailto"}, value

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def is_read_the_same_again(html: str) -> bool:
    """By a parser as browsers have them: what a first reading leaves, a second does not make anything of."""
    attributes = {"a": {"href", "title"}}
    again = nh3.clean(html, tags=TAGS, attributes=attributes, link_rel="nofollow ugc noopener")
    return again == html


@pytest.mark.django_db
def test_markdown_makes_nothing_of_them_but_what_it_has_words_for(alice: User) -> None:
    assert len(PAYLOADS) >= 300
    for text in PAYLOADS:
        html = render_markdown(text)
        Strict().feed(html)
        assert is_read_the_same_again(html), text


@pytest.mark.django_db
def test_nor_of_all_of_them_at_once(alice: User) -> None:
    """One text may open what another closes."""
    for between in ("", " ", "\n", "\n\n"):
        html = render_markdown(between.join(PAYLOADS))
        Strict().feed(html)
        assert is_read_the_same_again(html), between


SLOW = pathological()


@pytest.fixture(scope="module")
def usual(django_db_setup: None, django_db_blocker: Any) -> float:
    with django_db_blocker.unblock():
        return seconds_for((USUAL * 1000)[: 100 * 1024])


@pytest.mark.django_db
@pytest.mark.parametrize("name", share(sorted(SLOW), "slow texts", of=PARTS))
def test_no_text_takes_long(usual: float, name: str) -> None:
    """A second on a quiet machine; on any, a few times what a text of that length takes."""
    assert seconds_for(SLOW[name]) < max(SECONDS, TIMES * usual)


def seconds_for(text: str) -> float:
    began = time.thread_time()
    html = render_markdown(text)
    seconds = time.thread_time() - began
    Strict().feed(html)
    return seconds
