"""The inbox under somebody's fingers: keys, several rows at once, undoing, and all of it without scripts."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from .test_every_page import faults, overflow
from .windows import Windows, until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]
INBOX = "/notifications/"


def rows(page: "Page") -> "Locator":
    return page.locator("#inbox article.item")


def at(page: "Page") -> str:
    """The id of the row that has the focus."""
    return str(page.evaluate("document.activeElement.closest('article.item')?.id ?? ''"))


def wait_for(look: Callable[[], bool]) -> None:
    until(look)


def test_by_keyboard_alone(windows: Windows) -> None:
    page = windows.open("ben", reduced_motion="reduce")
    page.goto(INBOX)
    ids = [str(rows(page).nth(n).get_attribute("id")) for n in range(4)]
    for key, where in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert at(page) == ids[where]

    page.keyboard.press("s")
    wait_for(lambda: page.locator(f"#{ids[1]} .kept").count() == 1)
    page.keyboard.press("e")
    wait_for(lambda: page.locator(f"#{ids[1]}").count() == 0)
    wait_for(lambda: at(page) == ids[2])
    page.keyboard.press("z")
    wait_for(lambda: page.locator(f"#{ids[1]}").count() == 1)
    wait_for(lambda: at(page) == ids[1])

    page.keyboard.press("h")
    assert page.evaluate("document.activeElement.name") == "snooze"
    page.keyboard.press("Escape")
    was_unread = page.locator(f"#{ids[1]}.unread").count()
    page.keyboard.press("u")
    wait_for(lambda: page.locator(f"#{ids[1]}.unread").count() != was_unread)

    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("searchbox").first.focus()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.value") == "j"


def test_several_at_once_and_back(windows: Windows) -> None:
    page = windows.open("ben", viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page.goto(INBOX)
    ids = [str(rows(page).nth(n).get_attribute("id")) for n in range(3)]
    for row_id in ids[:2]:
        page.locator(f"#{row_id} .pick input").check()
    assert page.locator("#bulk-count").inner_text() == "2"
    assert faults(page) == []
    assert overflow(page) <= 0
    page.locator("#bulk").get_by_role("button", name="Done").click()
    wait_for(lambda: page.locator(f"#{ids[0]}, #{ids[1]}").count() == 0)
    page.get_by_role("button", name="Undo").click()
    wait_for(lambda: page.locator(f"#{ids[0]}, #{ids[1]}").count() == 2)
    assert page.locator("#undo-notes .note").count() == 0


def test_without_scripts(windows: Windows) -> None:
    page = windows.open("ben", java_script_enabled=False)
    page.goto(INBOX)
    row_id = str(rows(page).first.get_attribute("id"))
    page.locator(f"#{row_id} .pick input").check()
    page.locator("#bulk summary").click()
    page.locator("#bulk").get_by_role("button", name="At another time").click()
    page.get_by_label("When it comes back").fill("2020-01-01T08:00")
    page.get_by_role("button", name="Snooze until then").click()
    assert "over already" in page.inner_text("main")
    [complaint] = windows.complaints  # of the browser's console, for which a 422 is an error
    assert "422" in complaint
    windows.complaints.clear()
    page.get_by_role("button", name="Tomorrow morning").click()
    assert page.locator(f"#{row_id}").count() == 0
    page.get_by_role("button", name="Undo").click()
    assert page.locator(f"#{row_id}").count() == 1
