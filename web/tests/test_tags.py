"""Icons, short counts, and the link that leads to where we are."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from heroicons import IconDoesNotExist

from web.icons import OWN_ICONS, svg_icon
from web.templatetags.belltower import compact

REACTIONS = ("like", "love", "laugh", "wow", "sad")


@pytest.mark.parametrize("name", ["bell", *REACTIONS, *OWN_ICONS])
def test_an_icon_is_inline_drawn_with_one_pen_and_silent(name: str) -> None:
    svg = svg_icon(name, 20)
    assert svg.startswith("<svg")
    assert 'stroke-width="1.6"' in svg
    assert 'width="20"' in svg
    assert 'aria-hidden="true"' in svg
    assert "style=" not in svg


def test_an_unknown_icon_fails_loudly() -> None:
    with pytest.raises(IconDoesNotExist):
        svg_icon("no-such-icon", 20)


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1k"),
        (1099, "1k"),
        (1299, "1.2k"),
        (45_678, "45k"),
        (999_999, "999k"),
        (1_234_567, "1.2m"),
    ],
)
def test_large_counts_are_short_and_never_rounded_up(count: int, shown: str) -> None:
    assert compact(count) == shown


@pytest.mark.parametrize(
    ("path", "tag", "is_current"),
    [
        ("/groups/choir/", '{% current "/groups/" %}', True),
        ("/groups/choir/", '{% current "/groups/" exact=True %}', False),
        ("/groups/", '{% current "/" exact=True %}', False),
        ("/", '{% current "/" exact=True %}', True),
    ],
)
def test_the_current_link_says_so(rf: RequestFactory, path: str, tag: str, is_current: bool) -> None:
    html = Template(f"<a{tag}>").render(Context({"request": rf.get(path)}))
    assert html == ('<a aria-current="page">' if is_current else "<a>")


def test_no_request_is_no_current_link() -> None:
    assert Template('<a{% current "/" %}>').render(Context()) == "<a>"
