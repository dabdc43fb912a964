"""A newcomer on a phone signs up, adds a passkey, joins a group, and comes back by the passkey alone."""

import re
from typing import TYPE_CHECKING

import pytest

from .test_life_of_a_member import newcomer
from .windows import Mailbox, Windows, until

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
FINGER = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_a_finger(page: "Page") -> None:
    """As on a phone that knows its owner by the finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": FINGER})


def test_a_newcomer_comes_back_by_a_passkey_alone(windows: Windows, mailbox: Mailbox) -> None:
    page = newcomer(windows, mailbox, "Yara Lind", **PHONE)
    with_a_finger(page)
    page.locator("summary[aria-label='Your account']").click()
    page.get_by_role("link", name="Account and security").click()
    page.get_by_role("link", name="Security", exact=True).click()
    page.get_by_role("link", name="Set it up").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill("a-long-way-to-the-pear-tree")
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What you call it").fill("My phone")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url("**/two-step/codes/")
    assert page.locator("ol.codes li").count() == 10
    mailbox.find("yara@example.com", "passkey")
    page.get_by_role("link", name="I have them").click()
    assert page.locator(".row-item .name").inner_text() == "My phone"

    page.get_by_role("link", name="Groups").last.click()
    page.get_by_role("button", name=re.compile("Join.*Choir")).click()
    until(lambda: page.get_by_role("status").get_by_text("joined").count())

    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/?next=/groups/choir/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{windows.url}/groups/choir/")
    page.goto("/accounts/security/two-step/")
    assert "used last" in page.locator(".row-item").inner_text()
