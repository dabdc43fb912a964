"""The design as a browser sees it: accessible, no wider than the screen, true to theme and bell."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from testing.browser import open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATIENCE_SECONDS = 10


@pytest.fixture
def session_cookie(client: Client, alice: User, live_server: LiveServer) -> dict[str, Any]:
    """Alice, as staff, signed in to the live server."""
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


def open_page(browser: "Browser", cookie: dict[str, Any] | None = None, **options: Any) -> "Page":
    context = browser.new_context(**options)
    if cookie:
        context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict, built by hand
    return context.new_page()


def until(holds: Callable[[], bool], page: "Page") -> None:
    """Waits here: a wait inside the page would need eval, which the CSP forbids."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark")])
def test_every_piece_is_accessible_and_fits_the_screen(
    live_server: LiveServer, session_cookie: dict[str, Any], scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    size = {"width": width, "height": 844}
    with open_browser() as browser:
        page = open_page(browser, session_cookie, viewport=size, color_scheme=scheme)
        refused: list[str] = []
        page.on(
            "console", lambda line: refused.append(line.text) if "Content Security" in line.text else None
        )
        page.goto(f"{live_server.url}/styleguide/")
        found = Axe().run(page).response
        assert found["passes"]
        assert [(rule["id"], rule["nodes"][0]["target"]) for rule in found["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert refused == []


def test_the_theme_changes_at_once_and_stays(live_server: LiveServer, session_cookie: dict[str, Any]) -> None:
    with open_browser() as browser:
        page = open_page(browser, session_cookie, color_scheme="light")
        page.goto(f"{live_server.url}/styleguide/")
        page.click("header details.menu > summary")
        with page.expect_response("**/theme/"):
            page.click(".menu-list button[value=dark]")
        assert page.get_attribute("html", "data-bs-theme") == "dark"
        assert page.url.endswith("/styleguide/")
        page.reload()
        assert page.get_attribute("html", "data-bs-theme") == "dark"
        assert page.get_attribute("button[value=dark]", "aria-pressed") == "true"


def test_the_theme_changes_without_scripts(live_server: LiveServer) -> None:
    with open_browser() as browser:
        page = open_page(browser, color_scheme="light", java_script_enabled=False)
        page.goto(f"{live_server.url}/accounts/login/")
        page.click("button[value=dark]")
        assert page.get_attribute("html", "data-bs-theme") == "dark"
        assert page.url.endswith("/accounts/login/")


def test_the_bell_follows_and_says_when_it_cannot(
    live_server: LiveServer, session_cookie: dict[str, Any]
) -> None:
    now = {"badge": "", "reachable": True}

    def answer(route: "Route") -> None:
        if not now["reachable"]:
            route.abort()
        elif f"have={now['badge']}" == route.request.url.partition("?")[2]:
            route.fulfill(status=204)
        else:
            badge = now["badge"]
            label = f"Inbox, {badge} unread"
            route.fulfill(body=f'<a data-badge="{badge}" aria-label="{label}"><span>{badge}</span></a>')

    with open_browser() as browser:
        page = open_page(browser, session_cookie)
        page.route("**/notifications/badge/**", answer)
        page.goto(f"{live_server.url}/styleguide/")
        now["badge"] = "3"
        until(lambda: page.title().startswith("(3) "), page)
        assert page.inner_text("nav.side [data-unread]") == "3"
        assert page.inner_text("#bell") == "3"
        assert page.inner_text("[data-bell-spoken]") == "Inbox, 3 unread"
        now["reachable"] = False
        until(lambda: page.inner_text("[data-bell-offline]") == "Offline", page)
        now["reachable"] = True
        now["badge"] = ""
        page.evaluate("dispatchEvent(new Event('online'))")
        until(lambda: not page.title().startswith("("), page)
        assert page.inner_text("[data-bell-offline]") == ""


def test_a_question_stands_before_what_cannot_be_undone(
    live_server: LiveServer, session_cookie: dict[str, Any]
) -> None:
    with open_browser() as browser:
        page = open_page(browser, session_cookie)
        page.goto(f"{live_server.url}/styleguide/")
        page.locator("article.post summary[aria-label=More]").first.click()
        page.locator("article.post button.danger").first.click()
        assert page.inner_text("dialog [data-question]") == "Delete this post and its comments?"
        page.click("dialog button[value=no]")
        assert page.locator("dialog").count() == 0
        assert page.locator("button[aria-busy=true]").count() == 0
