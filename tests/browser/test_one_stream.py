"""One stream a browser, whatever happens to its tabs (CHAOS=full: 20), to the network or to the server."""

import os
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from testing.site import Site

from .neighbours import Neighbour
from .windows import Windows, sign_in, until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

TABS = 20 if os.environ.get("CHAOS") == "full" else 8
QUIET_PAGE = "/accounts/logout/"
# What a tab hears, kept where a test can read it.
LISTEN = """addEventListener("belltower:frame", ({ detail: { event, data } }) => {
  if (event === "notification") (window.heard ??= []).push(data.id);
}, true)"""


class Streams:
    """The streams that the tabs of one browser have open, as the network sees them."""

    def __init__(self, context: "BrowserContext") -> None:
        self._context = context
        self._open: list[Request] = []
        self.crashed: set[Page] = set()
        self.begun = 0
        context.on("response", lambda answer: self._begin(answer.request))
        context.on("page", self._watch)
        for end in ("requestfinished", "requestfailed"):
            context.on(end, self._end)

    @property
    def open(self) -> "list[Request]":
        self._context.cookies()  # Playwright tells of what happened while it is asked something
        return [request for request in self._open if self._is_there(request)]

    @property
    def holder(self) -> "Page":
        """The tab that has the one stream."""
        return until(lambda: self.open)[0].frame.page

    def _watch(self, page: "Page") -> None:
        page.on("crash", lambda page: self.crashed.add(page))

    def _is_there(self, request: "Request") -> bool:
        page = request.frame.page
        return not page.is_closed() and page not in self.crashed

    def _begin(self, request: "Request") -> None:
        if request.url.endswith("/api/notifications/stream"):
            self._open.append(request)
            self.begun += 1

    def _end(self, request: "Request") -> None:
        if request in self._open:
            self._open.remove(request)


@pytest.fixture(scope="module")
def ana(site: Site) -> Neighbour:
    return Neighbour(site, "ana").in_peace()


@pytest.fixture(scope="module")
def ben(site: Site) -> Neighbour:
    return Neighbour(site, "ben")


def badge(page: "Page") -> int:
    return int(page.locator("#bell .badge-n").inner_text() or 0)


def heard(page: "Page") -> list[int]:
    return list(page.evaluate("window.heard ?? []"))


def states(tabs: "list[Page]") -> list[tuple[int, list[int]]]:
    """What each shows and has heard; without those that crashed."""
    found = []
    for tab in tabs:
        with suppress(Exception):
            found.append((badge(tab), heard(tab)))
    return found


def metrics(site: Site) -> str:
    with urlopen(f"{site.url}/metrics", timeout=30) as answer:
        return str(answer.read().decode())


def crash(page: "Page") -> None:
    with suppress(Exception):  # nobody is left to answer
        page.goto("chrome://crash", timeout=2000)


def open_tabs(windows: Windows, username: str, count: int) -> tuple[list["Page"], Streams]:
    first = windows.open(username)
    streams = Streams(first.context)
    first.context.add_init_script(LISTEN)
    tabs = [first, *(first.context.new_page() for _tab in range(count - 1))]
    for tab in tabs:
        tab.goto(QUIET_PAGE, wait_until="commit")
    for tab in tabs:
        tab.wait_for_load_state("load")
    until(lambda: streams.open)
    return tabs, streams


def test_many_tabs_hold_one_stream_and_hand_it_on(
    windows: Windows, site: Site, ana: Neighbour, ben: Neighbour
) -> None:
    posts = [ana.post(f"A chair, number {number}") for number in range(4)]
    tabs, streams = open_tabs(windows, "ana", TABS)
    assert (len(streams.open), streams.begun) == (1, 1)
    assert "belltower_streams_open 1.0" in metrics(site)

    ben.like(posts[0])
    until(lambda: all(badge(tab) == 1 for tab in tabs))
    assert all(tab.title().startswith("(1) ") for tab in tabs)
    assert (len(streams.open), streams.begun) == (1, 1)

    # The tab with the stream goes while more comes: the next one has all of it, once.
    ben.like(posts[1])
    closed = streams.holder
    closed.close()
    ben.like(posts[2])
    until(lambda: streams.open)
    crashed = streams.holder
    with crashed.expect_event("crash"):
        crash(crashed)  # and with it those that share its process
    ben.like(posts[3])
    until(lambda: streams.open)
    tabs.remove(closed)
    until(lambda: all(count == len(posts) for count, _told in states(tabs)))
    told = [each for _count, each in states(tabs)]
    assert len(told) > TABS / 2
    assert len(told[0]) == len(set(told[0])) == len(posts)
    assert all(each == told[0] for each in told)
    until(lambda: "belltower_streams_open 1.0" in metrics(site))


def test_a_tab_that_is_frozen_hands_the_stream_on(windows: Windows, ana: Neighbour, ben: Neighbour) -> None:
    """And knows what it missed when it is back."""
    post = ana.post("A rake")
    tabs, streams = open_tabs(windows, "ana", 2)
    frozen = streams.holder
    [other] = [tab for tab in tabs if tab is not frozen]
    before = badge(other)
    frozen.evaluate(
        "document.dispatchEvent(new Event('freeze'))"
    )  # Chromium freezes no page without a screen
    until(lambda: streams.open and streams.holder is other)
    ben.like(post)
    until(lambda: badge(other) == before + 1)
    assert badge(frozen) == before
    frozen.evaluate("document.dispatchEvent(new Event('resume'))")
    until(lambda: badge(frozen) == before + 1)
    assert len(streams.open) == 1


def test_a_server_that_died_is_found_again(
    windows: Windows, site: Site, ana: Neighbour, ben: Neighbour
) -> None:
    post = ana.post("A lamp")
    (first, second), streams = open_tabs(windows, "ana", 2)
    before = badge(first)
    site.kill()
    until(lambda: not streams.open)
    site.start()
    ben.like(post)
    until(lambda: badge(first) == badge(second) == before + 1)
    until(lambda: streams.open)
    windows.complaints.clear()  # a browser calls every lost connection an error


def test_a_laptop_that_slept_knows_the_truth_at_once(
    windows: Windows, ana: Neighbour, ben: Neighbour
) -> None:
    post = ana.post("A bicycle pump")
    (page,), streams = open_tabs(windows, "ana", 1)
    before = badge(page)
    network = page.context.new_cdp_session(page)
    conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {"offline": True, **conditions})
    until(lambda: not streams.open)
    ben.like(post)
    network.send("Network.emulateNetworkConditions", {"offline": False, **conditions})
    until(lambda: badge(page) == before + 1)
    until(lambda: streams.open)
    until(lambda: len(heard(page)) == 1)
    windows.complaints.clear()


def test_signing_out_ends_the_stream_for_every_tab(
    windows: Windows, site: Site, ana: Neighbour, ben: Neighbour
) -> None:
    """In the same browser, the next person hears nothing of the former's, nor the former's tabs of hers."""
    chloe = Neighbour(site, "chloe").in_peace()
    post, her_post = ana.post("A ladder"), chloe.post("A stool")
    (page, other), streams = open_tabs(windows, "ana", 2)
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    until(lambda: not streams.open)
    assert streams.begun == 1

    sign_in(page, "chloe")
    until(lambda: streams.open)
    ben.like(post)
    ben.like(her_post)
    until(lambda: badge(page) == 1)
    assert len(heard(page)) == 1
    assert heard(other) == []
