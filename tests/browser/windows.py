"""What a person has in front of them: windows of a browser, and a folder of mail."""

import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

from community.demo.load import PASSWORD
from testing.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

PATIENCE_SECONDS = 60
T = TypeVar("T")


def until(look: Callable[[], T]) -> T:
    """What `look` answers, as soon as that is something. Waits here: the CSP forbids waiting in the page."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (seen := look()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return seen


class Windows:
    """Opens windows, and gathers what a careful person would complain of in any of them."""

    def __init__(self, browser: "Browser", url: str, sessions: dict[str, str]) -> None:
        self.url = url
        self.complaints: list[str] = []
        self._browser, self._sessions = browser, sessions

    @classmethod
    def of(cls, browser: "Browser", site: Site, sessions: dict[str, str]) -> Self:
        """On this site, by the name that links in mails have: cookies belong to a name."""
        return cls(browser, site.url.replace("127.0.0.1", "localhost"), sessions)

    def open(self, username: str | None = None, **options: Any) -> "Page":
        """A window with cookies of its own, in which this person (or nobody) is signed in, on no page yet."""
        context = self._browser.new_context(base_url=self.url, **options)
        if username is not None:
            context.add_cookies([{"name": "sessionid", "value": self._sessions[username], "url": self.url}])
        context.on("page", self._watch)
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        return context.new_page()

    def close(self) -> None:
        for context in self._browser.contexts:
            context.close()

    def _watch(self, page: "Page") -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._listen)
        page.on("request", self._see)

    def _listen(self, line: "ConsoleMessage") -> None:
        """Errors, and what the content security policy refused."""
        if line.type == "error":
            self.complaints.append(f"{line.location.get('url')}: {line.text}")

    def _see(self, request: "Request") -> None:
        if urlsplit(request.url).scheme != "data" and not request.url.startswith(f"{self.url}/"):
            self.complaints.append(f"a request to {request.url}")


def sign_in(page: "Page", username: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email or username").fill(username)
    page.get_by_label("Password").fill(password)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")


class Mailbox:
    """The folder in which a site without a mail server leaves its mail."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of(self, address: str) -> list[EmailMessage]:
        """The mails to this address, the oldest first."""
        mails = [self._read(file) for file in sorted(self.folder.glob("[!.]*.eml"))]
        return [mail for mail in mails if mail["To"] == address]

    def find(self, address: str, words: str) -> EmailMessage:
        """The first mail to this address with these words in its subject; waits for it."""
        return until(lambda: [mail for mail in self.of(address) if words in mail["Subject"]])[0]

    def _read(self, file: Path) -> EmailMessage:
        return message_from_bytes(file.read_bytes(), policy=policy.default)


def words_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Its `plain` or `html` part."""
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())
