"""How news shows itself where somebody looks, and where nobody does."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from testing.browser import open_browser
from testing.site import Site

from .neighbours import Neighbour
from .windows import Windows, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize

pytestmark = [pytest.mark.browser(whole=True), pytest.mark.slow, pytest.mark.timeout(300)]

# A tab that may be told that nobody sees it, in a browser without a push service (Chromium complains of it).
DESKTOP = """
  PushManager.prototype.subscribe = () => Promise.reject(new Error("there is none"));
  window.unseen = false;
  Object.defineProperty(document, "hidden", { get: () => unseen });
  Object.defineProperty(document, "visibilityState", { get: () => (unseen ? "hidden" : "visible") });
"""
SUBSCRIPTION = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/one",
    "keys": {
        "p256dh": "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
        "auth": "c2l4dGVlbiBieXRlcyBvaw",
    },
}
SMALL_PHONE: "ViewportSize" = {"width": 390, "height": 640}
COVERED = """[document.querySelector("#toasts"), ...document.querySelectorAll("main .btn-brass")]
  .map((element) => element.getBoundingClientRect())
  .some((button, index, [toasts]) => index && button.top < toasts.bottom && button.bottom > toasts.top)"""
NOTICES = """navigator.serviceWorker.getRegistration("/").then((found) => found?.getNotifications() ?? [])
  .then((notices) => notices.map(({ title, body, tag }) => ({ title, body, tag })))"""
# With one that gives everybody the same subscription.
PUSH_SERVICE = """
  const keys = %s;
  const plain = (text) => atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = (text) => Uint8Array.from(plain(text), (letter) => letter.charCodeAt(0));
  PushManager.prototype.getSubscription = async function () { return window.subscribed ?? null; };
  PushManager.prototype.subscribe = async function (options) {
    return (window.subscribed = {
      options: { applicationServerKey: bytes(options.applicationServerKey).buffer },
      toJSON: () => keys,
      unsubscribe: async () => { window.subscribed = null; },
    });
  };
"""


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with open_browser(whole=True) as browser:
        yield browser


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


def switch_on(page: "Page", switch: "Locator") -> None:
    page.context.grant_permissions(["notifications"])
    assert switch.get_attribute("aria-checked") == "false"
    switch.click()
    until(lambda: switch.get_attribute("aria-checked") == "true")


def test_the_desktop_is_told_what_nobody_looks_at(tab: "Page", ana: Neighbour, ben: Neighbour) -> None:
    post = ana.post("A bench")
    visit(tab, "/groups/")
    tab.get_by_label("Your account").click()
    switch_on(tab, tab.get_by_role("switch", name="Notices on this device"))
    until(lambda: "while a page of this site is open" in toast(tab))  # nothing can ring when none is

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
    [notice] = notices(tab)
    assert notice["title"] == "Ben Okafor commented on “A bench”"
    ana.call("POST", "notifications/mark-all-read")  # on the telephone
    until(lambda: notices(tab) == [])


def test_a_device_rings_when_its_push_service_says_so(tab: "Page", ana: Neighbour, ben: Neighbour) -> None:
    tab.add_init_script(PUSH_SERVICE % json.dumps(SUBSCRIPTION))
    visit(tab, "/notifications/preferences/")
    assert tab.get_by_role("columnheader", name="On your devices").count() == 0
    switch_on(tab, tab.locator("#devices").get_by_role("switch"))
    until(lambda: "also while no page of this site is open" in toast(tab))
    tab.reload()
    assert tab.get_by_text("this device", exact=True).is_visible()
    assert tab.get_by_role("columnheader", name="On your devices").is_visible()

    told = {
        "id": 7,
        "title": "Ben asks",
        "body": "Any left?",
        "url": "/groups/",
        "tag": "COMMENT:post.5",
        "site": "Belltower",
    }
    ring(tab, told)
    assert notices(tab) == []  # a page is in sight, and says it
    tab.goto("about:blank")
    ring(tab, told)
    ring(tab, told | {"title": "Ben asks again"})
    ring(tab, told | {"id": 8, "tag": "LIKE:post.5"})
    ring(tab, {"close": [8]})  # it was read elsewhere
    tab.route("**/favicon.ico", lambda route: route.fulfill(status=204))
    tab.goto("/service-worker.js")  # of this site, and without its scripts
    again = {"title": "Ben asks again", "body": "Any left?", "tag": "belltower:COMMENT:post.5"}
    assert again in notices(tab)
    until(lambda: notices(tab) == [again])
    visit(tab, "/groups/")
    until(lambda: notices(tab) == [])  # it was read meanwhile

    tab.get_by_label("Your account").click()
    tab.get_by_role("switch", name="Notices on this device").click()
    until(lambda: not ana.call("GET", "notifications/devices")["devices"])
    tab.goto("/notifications/preferences/")
    assert tab.get_by_text("None rings yet").is_visible()


def ring(page: "Page", told: dict[str, Any]) -> None:
    """As its push service does."""
    workers = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    workers.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    workers.send("ServiceWorker.enable")
    until(lambda: page.evaluate("1") and found)  # events come while something is asked
    scope = found[-1]["scopeURL"]
    words = {
        "origin": scope.rstrip("/"),
        "registrationId": found[-1]["registrationId"],
        "data": json.dumps(told),
    }
    workers.send("ServiceWorker.deliverPushMessage", words)
    workers.detach()
