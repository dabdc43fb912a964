"""Every text colour is readable on every ground it is used on, in light and in dark (WCAG 2.2 AA)."""

import re

import pytest
from django.contrib.staticfiles import finders

TEXT, MARK = 4.5, 3.0
GROUNDS = ("paper", "card", "hover")
TINTS = ("brass-soft", "danger-soft", "ok-soft")
PAIRS = [
    *[
        (ink, ground, TEXT)
        for ink in ("ink", "ink-2", "ink-3", "brass", "link", "danger", "ok")
        for ground in GROUNDS
    ],
    *[(ink, tint, TEXT) for ink in ("ink", "ink-2", "ink-3", "link") for tint in TINTS],
    ("brass", "brass-soft", TEXT),
    ("danger", "danger-soft", TEXT),
    ("ok", "ok-soft", TEXT),
    ("on-brass", "brass", TEXT),
    ("card", "danger", TEXT),
    *[("edge", ground, MARK) for ground in GROUNDS],
    *[(f"hue-{number}", ground, MARK) for number in range(7) for ground in GROUNDS],
]


def tokens() -> dict[str, tuple[str, str]]:
    """Each colour token of tokens.css as (light, dark)."""
    path = finders.find("css/tokens.css")
    assert isinstance(path, str)
    with open(path, encoding="utf-8") as file:
        css = file.read()
    found = {
        name: (light, dark)
        for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", css)
    }
    return found | {name: (one, one) for name, one in re.findall(r"--([\w-]+): (#\w{6});", css)}


def luminance(color: str) -> float:
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_the_contrast_is_enough(ink: str, ground: str, least: float, scheme: int) -> None:
    colors = tokens()
    assert contrast(colors[ink][scheme], colors[ground][scheme]) >= least


@pytest.mark.parametrize("number", range(7))
def test_white_initials_are_readable_on_every_tone(number: int) -> None:
    assert contrast("#ffffff", tokens()[f"tone-{number}"][0]) >= TEXT
