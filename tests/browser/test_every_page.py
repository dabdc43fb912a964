"""What holds on every page: accessible, as wide as the screen, still, quiet, reached by keyboard.

By default a page is judged in light or in dark, one of them for good; CHAOS=full judges each in both, and
looks at it once more as it opens on a desk's screen.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from django.test import override_settings

from accounts.disowning import sealed
from testing.site import Site

from ..shares import few, is_full
from .windows import Windows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

ColorScheme = Literal["light", "dark"]
PHONE: "ViewportSize" = {"width": 390, "height": 844}
SMALL_PHONE: "ViewportSize" = {"width": 320, "height": 640}
DESK: "ViewportSize" = {"width": 1280, "height": 860}
SHIFT_MAX = 0.02  # a fifth of what counts as good: these pages have nothing that comes late
TAB_STOPS = 12  # of each page: past the frame, into its content
# Of what a page repeats from one template axe judges the first three: it takes its time over each.
REPEATED = ("article.post", "article.item", ".rows > li", ".thread > li", ".side li")
FIRST_FEW = {"exclude": [[f"{each}:nth-of-type(n + 4)"] for each in REPEATED]}
OPTIONS = {"resultTypes": ["violations"]}  # details of what is right cost time
SCHEMES: tuple[ColorScheme, ...] = ("light", "dark")

# {names} are ids and slugs of the demo community, see `places`.
OF_ANA = {
    "feed": "/",
    "new post": "/posts/new/",
    "post": "/posts/{post}/",
    "own post": "/posts/{own_post}/",
    "edit post": "/posts/{own_post}/edit/",
    "delete post": "/posts/{own_post}/delete/",
    "groups": "/groups/",
    "new group": "/groups/new/",
    "group": "/groups/bike-workshop/",
    "private group": "/groups/tenants-council/",
    "members": "/groups/gardeners/members/",
    "bookmarks": "/bookmarks/",
    "search": "/search/?q=garden",
    "nothing found": "/search/?q=zzzzzz",
    "profile": "/u/ben/",
    "reputation": "/u/ben/reputation/",
    "own reputation": "/u/ana/reputation/",
    "edit profile": "/accounts/profile/",
    "inbox": "/notifications/",
    "nothing saved": "/notifications/?show=saved",
    "snooze": "/notifications/snooze/?ids={item}",
    "preferences": "/notifications/preferences/",
    "quiet hours": "/notifications/preferences/quiet-hours/",
    "why": "/notifications/{item}/why/",
    "summary": "/notifications/summaries/{summary}/",
    "flag": "/moderation/flag/post/{flagged}/",
    "own flags": "/moderation/flags/",
    "email address": "/accounts/email/",
    "password": "/accounts/password/change/",
    "two-step sign-in": "/accounts/security/two-step/",
    "new passkey": "/accounts/security/two-step/passkeys/add/",
    "phone number": "/accounts/phone/",
    "is it still you": "/accounts/reauthenticate/",
    "is it still you, by mail": "/accounts/reauthenticate/mail/",
    "own data": "/accounts/data/",
    "leave for good": "/accounts/leave/",
    "security": "/accounts/security/",
    "security history": "/accounts/security/history/",
    "sign out": "/accounts/logout/",
    "missing": "/posts/999999/",
}
OF_BEN = {
    "edit group": "/groups/bike-workshop/edit/",
    "delete group": "/groups/bike-workshop/delete/",
    "webhooks": "/groups/bike-workshop/webhooks/",
    "webhook": "/webhooks/{webhook}/",
}
OF_ADMIN = {
    "mails": "/notifications/mail/",
    "mail": "/notifications/mail/comment/?example=1",
    "announcements": "/announcements/",
    "new announcement": "/announcements/new/",
    "announcement": "/announcements/{told}/",
    "edit announcement": "/announcements/{draft}/edit/",
    "look before sending": "/announcements/{draft}/send/",
    "stop announcement": "/announcements/{told}/stop/",
    "delete announcement": "/announcements/{draft}/delete/",
    "moderation": "/moderation/",
    "case": "/moderation/cases/{case}/",
    "word rules": "/moderation/rules/",
    "editions": "/newsletter/editions/",
    "new edition": "/newsletter/editions/new/",
    "edition": "/newsletter/{edition}/",
    "edit edition": "/newsletter/{edition_draft}/edit/",
    "look before an edition is sent": "/newsletter/{edition_draft}/send/",
    "delete edition": "/newsletter/{edition_draft}/delete/",
    "subscribers": "/newsletter/subscribers/",
    "import subscribers": "/newsletter/subscribers/import/",
}
OF_NOBODY = {
    "welcome": "/",
    "sign in": "/accounts/login/",
    "sign in by a code": "/accounts/login/code/",
    "this wasn't me": "/accounts/not-me/{disowning}/",
    "sign up": "/accounts/signup/",
    "forgotten password": "/accounts/password/reset/",
    "password mail sent": "/accounts/password/reset/done/",
    "spent password link": "/accounts/password/reset/key/1-spent/",
    "password saved": "/accounts/password/reset/key/done/",
    "confirmation sent": "/accounts/confirm-email/",
    "spent confirmation": "/accounts/confirm-email/spent/",
    "inactive account": "/accounts/inactive/",
    "missing, signed out": "/nothing/",
    "newsletter": "/newsletter/",
    "newsletter asked for": "/newsletter/asked/",
}
OF_WHO_ASKED = {"enter the code": "/accounts/enter-code/"}
PAGES = [
    pytest.param(username, path, id=name)
    for username, pages in (
        ("ana", OF_ANA),
        ("ben", OF_BEN),
        ("admin", OF_ADMIN),
        (None, OF_NOBODY),
        ("whoever asked for a code", OF_WHO_ASKED),
    )
    for name, path in pages.items()
]

SHIFT = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done(sum), 60));
})"""
# What has the focus; empty where nobody can see it. A row of the inbox is outlined as a whole.
SEEN_FOCUS = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  const marked = (element) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    return (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  };
  const near = [focused, focused.parentElement, focused.closest(".item, .find")].filter(Boolean);
  return box.width && box.height && near.some(marked) ? focused.outerHTML.slice(0, 200) : "";
}"""


class Seats:
    """A window for each person, which goes from page to page: opening one costs more than any page."""

    def __init__(self, windows: Windows) -> None:
        self.complaints = windows.complaints
        self._windows = windows
        self._pages: dict[str | None, Page] = {}

    def of(self, username: str | None) -> "Page":
        if username not in self._pages:
            self._pages[username] = self._windows.open(username, reduced_motion="reduce")
        self.complaints.clear()
        page = self._pages[username]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
        return page


@pytest.fixture(scope="module")
def seats(browser: "Browser", site: Site, sessions: dict[str, str]) -> Iterator[Seats]:
    windows = Windows.of(browser, site, sessions)
    yield Seats(windows)
    windows.close()


@pytest.fixture(scope="module")
def places(demo: Path) -> dict[str, int | str]:
    """A post with many comments, one of Ana's, and an item of hers; an announcement told, and a draft."""
    with sqlite3.connect(demo) as database:
        (post,) = database.execute(
            "SELECT post_id FROM community_comment GROUP BY post_id ORDER BY count(*) DESC, post_id"
        ).fetchone()
        (own_post,) = database.execute(
            "SELECT p.id FROM community_post p JOIN accounts_user u ON u.id = p.author_id "
            "WHERE u.username = 'ana' ORDER BY p.id DESC"
        ).fetchone()
        (item,) = database.execute(
            "SELECT n.id FROM notifications_notification n JOIN accounts_user u ON u.id = n.recipient_id "
            "WHERE u.username = 'ana' AND n.kind = 'COMMENT' ORDER BY n.id DESC"
        ).fetchone()
        (summary,) = database.execute(
            "SELECT id FROM notifications_delivery WHERE cadence = 'daily'"
        ).fetchone()
        case, flagged = database.execute(
            "SELECT id, target_id FROM moderation_case WHERE closed_at IS NULL"
        ).fetchone()
        (ben,) = database.execute("SELECT id FROM accounts_user WHERE username = 'ben'").fetchone()
        (webhook,) = database.execute("SELECT id FROM webhooks_webhook").fetchone()
        announcements = dict(
            database.execute("SELECT starts_at IS NOT NULL, id FROM announcements_announcement")
        )
        editions = dict(database.execute("SELECT starts_at IS NOT NULL, id FROM newsletters_edition"))
    with override_settings(SECRET_KEY="only-for-tests"):  # as the site has it
        disowning = sealed(ben, "ben@example.com", was_proven=True)
    told, draft = announcements[1], announcements[0]
    return {
        "post": post,
        "own_post": own_post,
        "item": item,
        "summary": summary,
        "told": told,
        "draft": draft,
        "case": case,
        "flagged": flagged,
        "webhook": webhook,
        "edition": editions[1],
        "edition_draft": editions[0],
        "disowning": disowning,
    }


@pytest.mark.parametrize(("username", "path"), PAGES)
def test_a_page_holds_what_every_page_promises(
    seats: Seats, places: dict[str, int | str], username: str | None, path: str
) -> None:
    page = seats.of(username)
    path = path.format_map(places)
    visit(page, path, seats.complaints)
    assert page.locator("h1").count() == 1
    for scheme in few(SCHEMES, path, 1):
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []
    for size in (SMALL_PHONE, DESK):
        page.set_viewport_size(size)
        assert overflow(page) <= 0
    if is_full():
        visit(page, path, seats.complaints)
    tab_through(page)
    assert seats.complaints == []


def visit(page: "Page", path: str, complaints: list[str]) -> None:
    answer = page.goto(path)
    assert answer is not None
    if answer.status == 404:  # which the browser's console calls an error
        assert len(complaints) == 1
        complaints.clear()
    else:
        assert answer.status == 200
    assert page.evaluate(SHIFT) < SHIFT_MAX
    assert overflow(page) <= 0


def overflow(page: "Page") -> int:
    """Pixels that stick out sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def faults(page: "Page") -> list[tuple[str, list[str]]]:
    """What axe finds: each rule with the places that break it."""
    from axe_playwright_python.sync_playwright import Axe

    if page.evaluate("typeof axe === 'undefined'"):  # it is long, and a page is judged twice
        page.evaluate(Axe().axe_script)
    found = page.evaluate("([context, options]) => axe.run(context, options)", [FIRST_FEW, OPTIONS])
    assert found["passes"]
    return [(rule["id"], [str(node["target"]) for node in rule["nodes"]]) for rule in found["violations"]]


def tab_through(page: "Page") -> None:
    page.keyboard.press("Tab")
    assert 'class="skip"' in page.evaluate(SEEN_FOCUS)
    for _stop in range(TAB_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            return  # past the last stop of a short page
        assert page.evaluate(SEEN_FOCUS), page.evaluate("document.activeElement.outerHTML")
