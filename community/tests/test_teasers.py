"""What stands for a post where there is no room for all of it."""

import re

import pytest

from accounts.models import User
from community import actions
from community.templatetags.posts import TEASER_WORDS, teaser
from community.text import render_markdown

pytestmark = pytest.mark.django_db
RESTS = ["1. a\n2. b\n3. c", "- a\n  - b\n- c", "> said", "and **this**\n\nfour", "[a](/groups/) b"]


def test_a_headline_without_a_title_has_no_marks_of_markdown(alice: User) -> None:
    assert actions.create_post(alice, "It is **me**, *nobody* else.").headline == "It is me, nobody else."


def test_a_headline_is_never_empty(alice: User) -> None:
    assert actions.create_post(alice, "---").headline == "---"


def test_a_short_text_is_not_cut() -> None:
    assert teaser("<p>Plums.</p>") == ("<p>Plums.</p>", False)


@pytest.mark.parametrize("words", range(TEASER_WORDS - 8, TEASER_WORDS))
@pytest.mark.parametrize("rest", RESTS)
def test_the_dots_follow_the_last_word_and_nothing_empty_is_left(words: int, rest: str) -> None:
    short = teaser(render_markdown("word " * words + "\n\n" + rest + "\n\n" + "more " * 20))
    assert short.is_cut
    assert re.search(r"\w …(\s*</\w+>)+\s*$", short.html)
    assert not re.search(r"<(\w+)[^>]*>\s*</\1>", short.html)
