"""From signing up to signing out: what a member does with pages and mails, each in a real browser."""

import re
from typing import TYPE_CHECKING, Any

import pytest

from .windows import Mailbox, Windows, until, words_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

LINK = re.compile(r"https?://\S+")
ACCEPT_PIA = re.compile("Aufnehmen.*Pia Holm")  # Judith reads German


def newcomer(windows: Windows, mailbox: Mailbox, name: str, **options: Any) -> "Page":
    """Signs up by the form, follows the link in the mail, and is where that leads."""
    page = windows.open(**options)
    page.goto("/")
    page.locator("main").get_by_role("link", name="Sign up").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Email").fill(address_of(name))
    page.get_by_label("Password").fill("a-long-way-to-the-pear-tree")
    page.get_by_role("button", name="Make my account").click()
    page.wait_for_url("**/accounts/confirm-email/")
    link = LINK.search(words_of(mailbox.find(address_of(name), "Is this your")))
    assert link is not None
    page.goto(link[0])
    page.get_by_role("button", name="Yes, that is me").click()
    until(lambda: "/confirm-email/" not in page.url)
    page.goto("/")
    return page


def address_of(name: str) -> str:
    return f"{name.split()[0].lower()}@example.com"


def unread(page: "Page") -> int:
    return int(page.locator("#bell .badge-n").inner_text() or 0)


def write(page: "Page", title: str) -> str:
    page.goto("/posts/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Text").fill("For whoever comes first.")
    page.get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url(re.compile(r"/posts/\d+/$"))
    return page.url


def react(page: "Page", address: str, kind: str = "Like") -> None:
    page.goto(address)
    page.locator("article.post-open .acts").get_by_role("button", name=kind).first.click()
    until(lambda: page.locator("article.post-open .acts [name=remove]").count())


def test_a_newcomer_is_welcomed(windows: Windows, mailbox: Mailbox) -> None:
    nora = newcomer(windows, mailbox, "Nora Lund")
    until(lambda: unread(nora))
    nora.locator("#bell").click()
    nora.wait_for_url("**/notifications/")
    assert "Account Created" in nora.inner_text("main")
    assert "Others can mention you as @nora" in words_of(mailbox.find(address_of("Nora"), "Welcome"))

    nora.goto("/accounts/email/")
    assert "nora@example.com confirmed" in " ".join(nora.inner_text("main").split())


def test_joining_a_group_shows_what_is_said_there(windows: Windows, mailbox: Mailbox) -> None:
    page = newcomer(windows, mailbox, "Otto Brandt")
    page.goto("/groups/")
    assert page.get_by_text("Tenants' council").count() == 0
    page.get_by_role("button", name=re.compile("Join.*Choir")).click()
    until(lambda: page.get_by_role("status").get_by_text("joined").count())
    page.get_by_role("link", name="Choir").first.click()
    page.get_by_role("link", name="Write to Choir").click()
    page.get_by_label("Text").fill("A bass, if you need one.")
    page.get_by_role("button", name="Post", exact=True).click()
    page.wait_for_url(re.compile(r"/posts/\d+/$"))
    assert "Otto Brandt in Choir" in page.inner_text("article.post-open")


def test_a_private_group_is_asked_for_by_its_address(windows: Windows, mailbox: Mailbox) -> None:
    page, judith = newcomer(windows, mailbox, "Pia Holm"), windows.open("judith")
    page.goto("/groups/")
    page.get_by_label("Address of the group").fill("tenants-council")
    page.get_by_role("button", name="Ask to join").click()
    until(lambda: page.get_by_role("status").get_by_text("ask").count())
    answer = page.request.get("/groups/tenants-council/")
    assert answer.status == 404

    judith.goto("/groups/tenants-council/")
    judith.get_by_role("button", name=ACCEPT_PIA).click()
    until(lambda: judith.get_by_role("button", name=ACCEPT_PIA).count() == 0)

    mailbox.find(address_of("Pia"), "private group")  # which keeps its name
    page.goto("/notifications/")
    page.locator("article.item", has_text="Tenants' council").locator(".item-link").click()
    page.wait_for_url("**/groups/tenants-council/")
    assert page.inner_text("h1") == "Tenants' council"


def test_a_bookmark_is_kept_and_let_go(windows: Windows, mailbox: Mailbox) -> None:
    page = newcomer(windows, mailbox, "Quinn Abel")
    card = page.locator("article.post").first
    title = card.locator("h2").inner_text()
    card.get_by_role("button", name="Bookmark").click()
    until(lambda: card.locator("[aria-label=Bookmark][aria-pressed=true]").count())
    page.goto("/bookmarks/")
    assert page.locator("article.post h2").all_inner_texts() == [title]
    page.get_by_role("button", name="Bookmark").click()
    until(lambda: page.locator("[aria-label=Bookmark][aria-pressed=false]").count())
    page.reload()
    assert page.locator("article.post").count() == 0


def test_the_search_finds_by_the_beginnings_of_words(windows: Windows) -> None:
    page = windows.open("chloe")
    page.goto("/")
    page.get_by_role("searchbox", name="Search").fill("wheelbar")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=wheelbar")
    assert page.locator("main mark").first.inner_text().lower() == "wheelbar"
    page.locator("main .results a").first.click()
    until(lambda: "wheelbarrow" in page.inner_text("main").lower())


def test_mail_that_is_switched_off_does_not_come(windows: Windows, mailbox: Mailbox) -> None:
    sofia, ana, anton = windows.open("sofia"), windows.open("ana"), windows.open("anton")
    sofia.goto("/notifications/preferences/")
    sofia.get_by_label("Community: By email").uncheck()
    sofia.get_by_role("button", name="Save").first.click()
    until(lambda: sofia.locator(".note-success").count())
    assert not sofia.get_by_label("Community: By email").is_checked()

    quiet, loud = write(sofia, "A lamp"), write(anton, "A chair")
    before = unread(sofia)
    react(ana, quiet)
    react(ana, loud)
    until(lambda: unread(sofia) == before + 1)
    mailbox.find("anton@example.com", "A chair")
    assert [mail for mail in mailbox.of("sofia@example.com") if "A lamp" in mail["Subject"]] == []


def test_the_link_in_a_mail_stops_such_mails(windows: Windows, mailbox: Mailbox) -> None:
    hugo, ana, david = windows.open("hugo"), windows.open("ana"), windows.open("david")
    react(ana, write(hugo, "A kettle"))
    mail = mailbox.find("hugo@example.com", "A kettle")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip(" <>")
    assert link in words_of(mail)

    stranger = windows.open()  # whoever reads the mail, signed in or not
    stranger.goto(link)
    stranger.get_by_role("button", name="Stop these emails").click()
    until(lambda: stranger.get_by_role("button", name="Send them again").count())

    react(ana, write(hugo, "A second kettle"))
    react(ana, write(david, "A teapot"))
    mailbox.find("david@example.com", "A teapot")
    assert [mail for mail in mailbox.of("hugo@example.com") if "second" in mail["Subject"]] == []


def test_signing_out_closes_the_door(windows: Windows, mailbox: Mailbox) -> None:
    page = newcomer(windows, mailbox, "Ruth Adler")
    page.locator("summary[aria-label='Your account']").click()
    page.locator(".menu-list").get_by_role("button", name="Sign out").click()
    page.locator("main").get_by_role("link", name="Sign up").wait_for()
    page.goto("/notifications/")
    assert "/accounts/login/" in page.url
