"""How news shows itself where somebody looks, and where nobody does."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from testing.site import Site

from .neighbours import Neighbour
from .windows import Windows, until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, ViewportSize

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

# A desktop that writes down what it is shown, and a tab that may be told that nobody sees it.
DESKTOP = """
  window.notices = [];
  window.Notification = class {
    static permission = "default";
    static async requestPermission() { return (this.permission = "granted"); }
    constructor(title, { tag }) { notices.push(Object.assign(this, { title, tag, isOpen: true })); }
    close() { this.isOpen = false; this.onclose?.(); }
  };
  window.unseen = false;
  Object.defineProperty(document, "hidden", { get: () => unseen });
  Object.defineProperty(document, "visibilityState", { get: () => (unseen ? "hidden" : "visible") });
"""
SMALL_PHONE: "ViewportSize" = {"width": 390, "height": 640}
COVERED = """[document.querySelector("#toasts"), ...document.querySelectorAll("main .btn-brass")]
  .map((element) => element.getBoundingClientRect())
  .some((button, index, [toasts]) => index && button.top < toasts.bottom && button.bottom > toasts.top)"""
NOTICES = "notices.map(({ title, tag, isOpen }) => ({ title, tag, isOpen }))"


@pytest.fixture(scope="module")
def ana(site: Site) -> Neighbour:
    return Neighbour(site, "ana").in_peace()


@pytest.fixture(scope="module")
def ben(site: Site) -> Neighbour:
    return Neighbour(site, "ben")


@pytest.fixture
def tab(windows: Windows, ana: Neighbour) -> "Page":
    ana.call("POST", "notifications/mark-all-read")
    page = windows.open("ana", reduced_motion="reduce")
    page.context.add_init_script(DESKTOP)
    return page


def visit(page: "Page", path: str) -> None:
    """Until it hears the stream."""
    page.goto(path)
    until(lambda: page.evaluate("belltower.tabs.live()"))


def another(context: "BrowserContext", path: str) -> "Page":
    page = context.new_page()
    visit(page, path)
    return page


def toast(page: "Page") -> str:
    return page.locator("#toasts").inner_text()


def unread(page: "Page") -> str:
    return page.locator("#bell .badge-n").inner_text()


def notices(page: "Page") -> list[dict[str, Any]]:
    return list(page.evaluate(NOTICES))


def test_a_storm_is_one_toast_that_counts(tab: "Page", ana: Neighbour, ben: Neighbour) -> None:
    post, another_post = ana.post("A table"), ana.post("A chair")
    tab.set_viewport_size(SMALL_PHONE)
    visit(tab, "/posts/new/")
    assert tab.get_attribute("#favicon", "href") == tab.get_attribute("#favicon", "data-rests")
    ben.comment(post, "Until <b>Sunday</b>?")
    until(lambda: "Until <b>Sunday</b>?" in toast(tab))
    link = tab.locator("#toasts").get_by_role("link", name="Ben Okafor commented on “A table”")
    assert re.search(rf"/posts/{post}/\?comment=\d+#comment-\d+$", str(link.get_attribute("href")))
    assert not tab.evaluate(COVERED)
    link.focus()  # whoever is at it is given time
    ben.like(post)
    ben.like(another_post)
    until(lambda: "3 new notifications" in toast(tab))
    assert tab.locator("#toasts .note").count() == 1
    assert tab.get_attribute("#favicon", "href") == tab.get_attribute("#favicon", "data-rings")

    tab.keyboard.press("Escape")
    assert toast(tab) == ""
    ben.bookmark(post)
    until(lambda: "saved" in toast(tab).lower() or "bookmarked" in toast(tab).lower())
    tab.locator("#toasts").get_by_role("link").click()
    tab.wait_for_url(f"**/posts/{post}/")
    until(lambda: unread(tab) == "1")  # of what was told of the other post


def test_the_post_that_is_open_offers_what_is_new_in_it(tab: "Page", ana: Neighbour, ben: Neighbour) -> None:
    post = ana.post("A wardrobe")
    visit(tab, f"/posts/{post}/")
    tab.get_by_label("Your comment").fill("It is heav")
    ben.comment(post, "How wide is it?")
    ben.comment(post, "And how high?")
    until(lambda: tab.get_by_role("button", name="new comment").count())
    assert toast(tab) == ""
    tab.get_by_role("button", name="new comment").click()
    until(lambda: tab.locator("#thread .comment").count() == 2)
    assert tab.locator("#comments-title").inner_text() == "2 comments"
    assert tab.get_by_label("Your comment").input_value() == "It is heav"
    assert not tab.get_by_role("button", name="new comment").is_visible()
    until(lambda: unread(tab) == "")


def test_the_inbox_follows_what_is_done_elsewhere(tab: "Page", ana: Neighbour, ben: Neighbour) -> None:
    posts = [ana.post(f"A pot, number {number}") for number in range(3)]
    visit(tab, "/notifications/")
    for post in posts:
        ben.like(post)
    until(lambda: tab.locator("#inbox-news").inner_text() == "3 new")
    assert toast(tab) == ""
    rows = tab.locator("article.item.unread")
    assert rows.count() == 0  # nothing comes under the eyes of somebody who reads
    tab.locator("#inbox-news a").click()
    until(lambda: rows.count() == 3)

    other = another(tab.context, "/notifications/")
    tab.locator("article.item .item-link").first.focus()
    first = other.locator("article.item").first
    first.locator("[id$=-more]").click()
    first.get_by_role("button", name="Mark as read").click()
    until(lambda: rows.count() == 2)
    assert tab.evaluate(
        "document.activeElement.closest('article') === document.querySelector('article.item')"
    )
    unread_one = other.locator("article.item.unread").first
    unread_one.locator("[id$=-more]").click()
    unread_one.get_by_role("button", name="Delete").click()
    until(lambda: tab.locator("article.item", has_text="A pot").count() == 2)
    assert other.get_by_role("button", name="Undo").count()


def test_the_desktop_is_told_what_nobody_looks_at(tab: "Page", ana: Neighbour, ben: Neighbour) -> None:
    post = ana.post("A bench")
    visit(tab, "/groups/")
    tab.get_by_label("Your account").click()
    switch = tab.get_by_role("switch", name="Desktop notices")
    assert switch.get_attribute("aria-checked") == "false"
    switch.click()
    until(lambda: switch.get_attribute("aria-checked") == "true")

    other = another(tab.context, "/groups/")
    ben.like(post)
    until(lambda: unread(tab) == unread(other) == "1")
    tab.evaluate("window.unseen = true")
    ben.bookmark(post)
    until(lambda: unread(tab) == "2")
    assert notices(tab) == []  # the other tab is in sight

    other.evaluate("window.unseen = true")
    ben.comment(post, "In oak, or in pine?")
    until(lambda: notices(tab))
    assert notices(other) == []
    [notice] = notices(tab)
    assert notice["title"] == "Ben Okafor commented on “A bench”"
    ana.call("POST", "notifications/mark-all-read")  # on the telephone
    until(lambda: not notices(tab)[0]["isOpen"])
