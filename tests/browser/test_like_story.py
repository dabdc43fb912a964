"""The story of the README: Ana posts, Ben likes and replies; Ana's bell, inbox and mail say it."""

import re
import time
from typing import TYPE_CHECKING

import pytest

from .windows import Mailbox, Windows, until, words_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANA = "ana@example.com"
BELL_SECONDS = 3  # "about a second", on a machine that has other things to do


def write(page: "Page", title: str) -> str:
    """Post through the form; answers with the address of the post."""
    page.goto("/")
    page.get_by_role("link", name="What is going on").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text").fill("Take as many as you like.")
    page.get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url(re.compile(r"/posts/\d+/$"))
    return page.url


def like(page: "Page", address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Like").first.click()
    until(lambda: page.locator(".acts [name=remove][value=like]").count())


def comment(page: "Page", words: str) -> None:
    page.get_by_label("Your comment").fill(words)
    page.get_by_role("button", name="Comment", exact=True).click()
    until(lambda: page.locator("#comments").get_by_text(words).count())


def unread(page: "Page") -> int:
    return int(page.locator("#bell .badge-n").inner_text() or 0)


def read_everything(page: "Page") -> None:
    page.goto("/notifications/")
    if page.get_by_role("button", name="Mark all as read").count():
        page.get_by_role("button", name="Mark all as read").click()
        until(lambda: page.get_by_role("button", name="Undo").count())
    page.goto("/")
    assert unread(page) == 0


def test_a_like_and_a_reply_reach_the_author(windows: Windows, mailbox: Mailbox) -> None:
    ana, ben = windows.open("ana"), windows.open("ben")
    read_everything(ana)
    address = write(ana, "Seedlings to give away")

    like(ben, address)
    liked = time.monotonic()
    until(lambda: unread(ana) == 1)
    assert time.monotonic() - liked < BELL_SECONDS
    comment(ben, "Two of the tomatoes, please.")
    until(lambda: unread(ana) == 2)
    assert ana.title().startswith("(2) ")

    ana.locator("#bell").click()
    ana.wait_for_url("**/notifications/")
    rows = ana.locator("article.item.unread")
    assert rows.count() == 2
    assert "Ben Okafor liked Seedlings to give away" in rows.nth(1).inner_text()
    assert "Ben Okafor commented on Seedlings to give away" in rows.nth(0).inner_text()
    assert "Two of the tomatoes, please." in rows.nth(0).inner_text()

    assert mailbox.find(ANA, "Seedlings")["Subject"] == "Ben Okafor liked “Seedlings to give away”"
    mail = mailbox.find(ANA, "commented on “Seedlings")
    for kind in ("plain", "html"):
        assert "Two of the tomatoes, please." in words_of(mail, kind)

    rows.nth(1).locator(".item-link").click()
    ana.wait_for_url(re.compile(r"/posts/\d+/"))
    assert "Seedlings to give away" in ana.inner_text("article.post-open")
    until(lambda: unread(ana) == 0)  # whoever reads the post has read all that tells of it


def test_the_story_goes_without_scripts(windows: Windows, mailbox: Mailbox) -> None:
    ana = windows.open("ana", java_script_enabled=False)
    ben = windows.open("ben", java_script_enabled=False)
    read_everything(ana)
    address = write(ana, "A ladder, on loan")

    like(ben, address)
    comment(ben, "Until Sunday?")
    mailbox.find(ANA, "liked “A ladder")
    mailbox.find(ANA, "commented on “A ladder")

    ana.goto("/")
    assert unread(ana) == 2
    ana.locator("#bell").click()
    ana.wait_for_url("**/notifications/")
    assert "Ben Okafor liked A ladder, on loan" in ana.inner_text("main")
    ana.locator("article.item.unread .item-link").first.click()
    ana.wait_for_url(re.compile(r"/posts/\d+/"))
    assert "A ladder, on loan" in ana.title()
    ana.reload()
    assert unread(ana) == 0


def test_two_tabs_of_one_person_agree(windows: Windows) -> None:
    first, ben = windows.open("ana"), windows.open("ben")
    read_everything(first)
    address = write(first, "A table for the yard")
    second = first.context.new_page()
    second.goto("/groups/")

    like(ben, address)
    until(lambda: unread(second) == 1)
    until(lambda: unread(first) == 1)

    second.goto(address)
    until(lambda: unread(first) == 0)


def test_a_double_click_likes_once(windows: Windows) -> None:
    address = write(windows.open("ana"), "Who has a drill?")
    ben = windows.open("ben")
    ben.goto(address)
    ben.get_by_role("button", name="Like").first.dblclick()
    until(lambda: ben.locator(".acts [name=remove][value=like]").count())
    ben.reload()
    assert ben.locator(".acts [name=remove][value=like]").first.inner_text().split() == ["Like", "1"]


def test_a_double_click_posts_once(windows: Windows) -> None:
    ana = windows.open("ana")
    ana.goto("/posts/new/")
    ana.get_by_label("Title").fill("Said once")
    ana.get_by_label("Text").fill("And clicked twice.")
    ana.get_by_role("button", name="Post", exact=True).dblclick()
    ana.wait_for_url(re.compile(r"/posts/\d+/$"))
    ana.goto("/u/ana/")
    assert ana.get_by_role("link", name="Said once", exact=True).count() == 1
