"""Groups, people, bookmarks and the search as a browser sees them."""

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from community import actions
from community.models import Group, GroupMembership, Post
from conftest import Browse
from testing.browser import open_browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = (
    "/groups/",
    "/groups/new/",
    "/groups/{slug}/",
    "/groups/{slug}/members/",
    "/groups/{slug}/edit/",
    "/groups/{slug}/delete/",
    "/bookmarks/",
    "/search/",
    "/search/?q=heat",
    "/search/?q=nothing-of-it",
    "/u/alice/",
    "/accounts/profile/",
)


@pytest.fixture
def cookie(browse: Browse, alice: User, live_server: LiveServer) -> dict[str, Any]:
    """Alice is signed in."""
    return {"name": "sessionid", "value": browse(alice).cookies["sessionid"].value, "url": live_server.url}


@pytest.mark.parametrize(("scheme", "width"), [("light", 390)])
def test_long_names_fit_the_screen_on_every_page(
    live_server: LiveServer,
    cookie: dict[str, Any],
    alice: User,
    chloe: User,
    group: Group,
    private_post: Post,
    scheme: str,
    width: int,
) -> None:
    actions.bookmark(alice, private_post)
    actions.comment(alice, private_post, "The heating, again.")
    actions.join_group(chloe, group)
    actions.create_group(chloe, "A" * 80, description="Long/" * 90)
    size = {"width": width, "height": 844}
    with open_browser() as browser:
        context = browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type] # a Literal, a TypedDict
        context.add_cookies([cookie])  # type: ignore[list-item] # a TypedDict, built by hand
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
        for address in PAGES:
            page.goto(live_server.url + address.format(slug=group.slug))
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert refused == []


def test_joining_from_the_list_changes_the_button_alone(
    live_server: LiveServer, cookie: dict[str, Any], chloe: User
) -> None:
    group = actions.create_group(chloe, "Gardeners")
    with open_browser() as browser:
        context = browser.new_context()
        context.add_cookies([cookie])  # type: ignore[list-item] # as above
        page = context.new_page()
        page.goto(f"{live_server.url}/groups/")
        page.get_by_role("button", name="Join Gardeners").click()
        page.get_by_text("joined", exact=True).wait_for()
        assert page.url.endswith("/groups/")
    assert group.memberships.active().count() == 2


def test_a_member_is_removed_after_a_question(
    live_server: LiveServer, cookie: dict[str, Any], group: Group
) -> None:
    with open_browser() as browser:
        context = browser.new_context()
        context.add_cookies([cookie])  # type: ignore[list-item] # as above
        page = context.new_page()
        page.goto(f"{live_server.url}/groups/{group.slug}/members/")
        page.get_by_label("What to do with Bob").click()
        page.get_by_role("button", name="Make a moderator").click()
        page.get_by_text("moderator", exact=True).wait_for()
        page.get_by_label("What to do with Bob").click()
        page.get_by_role("button", name="Remove from the group").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        page.get_by_text("@bob").wait_for()
        page.get_by_label("What to do with Bob").click()
        page.get_by_role("button", name="Remove from the group").click()
        page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        page.get_by_text("@bob").wait_for(state="detached")
    assert GroupMembership.objects.filter(group=group).count() == 1
