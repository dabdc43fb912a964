"""What stands for a post where there is no room for all of it."""

import pytest

from accounts.models import User
from community import actions
from community.templatetags.posts import TEASER_WORDS, teaser
from community.text import render_markdown

pytestmark = pytest.mark.django_db
LONG = "word " * (TEASER_WORDS - 3)


def test_a_headline_without_a_title_has_no_marks_of_markdown(alice: User) -> None:
    assert actions.create_post(alice, "It is **me**, and *nobody* else.").headline == "It is me, and nobody else."


def test_a_headline_is_never_empty(alice: User) -> None:
    assert actions.create_post(alice, "---").headline == "---"


def test_a_short_text_is_not_cut() -> None:
    assert teaser("<p>Plums.</p>") == ("<p>Plums.</p>", False)


@pytest.mark.parametrize(
    ("rest", "end"),
    [
        ("\n\n1. a\n2. b\n3. c\n4. d\n5. e", "<li>c …</li>\n</ol>"),
        ("one two three\n\n- a\n- b", "three …</p>"),
        ("one two three\n\n> said", "three …</p>"),
        ("one two **three**\n\nfour", "<strong>three …</strong></p>"),
    ],
)
def test_the_dots_follow_the_last_word_and_nothing_empty_is_left(rest: str, end: str) -> None:
    short = teaser(render_markdown(LONG + rest))
    assert short.is_cut
    assert short.html.rstrip().endswith(end)
