"""Posts and comments as a person meets them: by keyboard, with and without scripts, in light and dark."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from community import actions
from community.models import Comment, Post
from testing.browser import open_browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def comment(alice: User, bob: User, post: Post) -> Comment:
    first = actions.comment(bob, post, "I take two, " + "Donaudampfschifffahrt" * 9)
    second = actions.comment(alice, post, "**Good**", parent=first)
    third = actions.comment(bob, post, "Tomorrow?", parent=second)
    actions.comment(alice, post, "At six", parent=third)
    actions.react(bob, post, "love")
    return first


@pytest.fixture
def cookie(client: Client, alice: User, live_server: LiveServer) -> dict[str, Any]:
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}


def page_in(browser: "Browser", cookie: dict[str, Any], **options: Any) -> "Page":
    context = browser.new_context(**options)
    context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict, built by hand
    context.set_default_timeout(30_000)
    return context.new_page()


@pytest.mark.parametrize(("scheme", "width"), [("dark", 390)])
def test_what_opens_in_place_is_accessible_and_fits_the_screen(
    live_server: LiveServer, cookie: dict[str, Any], post: Post, comment: Comment, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    addresses = [
        f"/posts/{post.pk}/?reply_to={comment.pk}", f"/comments/{comment.replies.get().pk}/edit/",
    ]  # fmt: skip
    with open_browser() as browser:
        page = page_in(browser, cookie, viewport={"width": width, "height": 844}, color_scheme=scheme)
        for address in addresses:
            page.goto(live_server.url + address)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{address}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_one_reacts_and_replies_by_keyboard_alone(
    live_server: LiveServer, cookie: dict[str, Any], alice: User, post: Post, comment: Comment, scripts: bool
) -> None:
    with open_browser() as browser:
        page = page_in(browser, cookie, java_script_enabled=scripts)
        page.goto(f"{live_server.url}/posts/{post.pk}/")
        page.locator("form > button[value=like]").focus()
        page.keyboard.press("Enter")
        page.locator("form > button[value=like][aria-pressed=true]").wait_for()
        page.get_by_label("Bookmark").press("Enter")
        page.locator("button[aria-label=Bookmark][aria-pressed=true]").wait_for()

        page.locator(f"#reply-{comment.pk} a").first.press("Enter")
        page.get_by_label("Your reply").fill("Three are left")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("article.comment", has_text="Three are left").wait_for()
        where = page.url

    reply = comment.replies.get(content="Three are left")
    assert where.endswith(f"/posts/{post.pk}/" if scripts else reply.get_absolute_url())
    assert {reaction.reaction_type for reaction in post.reactions.filter(user=alice)} == {"like"}
    assert post.bookmarks.filter(user=alice).exists()


def test_with_scripts_focus_stays_where_one_works_and_drafts_stay(
    live_server: LiveServer, cookie: dict[str, Any], post: Post, comment: Comment
) -> None:
    with open_browser() as browser:
        page = page_in(browser, cookie)
        page.goto(f"{live_server.url}/posts/{post.pk}/")
        page.locator("form > button[value=like]").press("Enter")
        page.locator("form > button[value=like]:focus").wait_for()
        page.get_by_label("Your comment").fill("A draft")

        page.locator(f"#reply-{comment.pk} a").first.press("Enter")
        page.locator("textarea:focus").wait_for()
        page.get_by_text("Cancel", exact=True).press("Enter")
        page.locator(f"#reply-{comment.pk} a:focus").wait_for()

        page.wait_for_timeout(500)  # focus comes with the swap; htmx listens to the new link a moment later
        page.keyboard.press("Enter")
        page.get_by_label("Your reply").fill("Three are left")
        page.get_by_role("button", name="Reply").press("Enter")
        page.locator("article.comment.new:focus", has_text="Three are left").wait_for()
        assert page.get_by_label("Your comment").input_value() == "A draft"


def test_a_comment_in_another_part_of_a_long_thread_is_gone_to(
    live_server: LiveServer,
    cookie: dict[str, Any],
    bob: User,
    post: Post,
    comment: Comment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By a link of old, which names it alone, and when it is news."""
    monkeypatch.setattr("community.thread.PART", 4)
    monkeypatch.setattr("community.thread.FEW", 0)
    last, news = (actions.comment(bob, post, words) for words in ("Are they gone?", "They are."))
    with open_browser() as browser:
        page = page_in(browser, cookie)
        page.goto(f"{live_server.url}/posts/{post.pk}/#comment-{last.pk}")
        page.wait_for_url(f"**{last.get_absolute_url()}")
        page.locator(f"#comment-{last.pk}").wait_for()

        page.goto(f"{live_server.url}/posts/{post.pk}/")
        frame = {"event": "notification", "data": {"target_url": news.get_absolute_url()}}
        page.evaluate("(detail) => belltower.tell('belltower:frame', detail)", frame)
        page.get_by_role("button", name="1 new comment").click()
        page.wait_for_url(f"**{news.get_absolute_url()}")
        page.locator(f"#comment-{news.pk}").wait_for()
