from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community import actions
from community.models import Group, GroupMembership, Post
from conftest import Browse, MakeUser

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture
def gardeners(alice: User) -> Group:
    return actions.create_group(alice, "Gardeners", description="Beds and compost.")


def test_the_list_has_the_public_groups_and_ones_own_private_ones(
    browse: Browse, bob: User, chloe: User, group: Group, gardeners: Group
) -> None:
    mine = browse(bob).get("/groups/").content.decode()
    assert group.name in mine
    assert gardeners.name in mine
    theirs = browse(chloe).get("/groups/").content.decode()
    assert group.name not in theirs
    assert gardeners.name in theirs


def test_the_list_goes_on_where_a_page_ends(
    browse: Browse, alice: User, chloe: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("community.pages.groups.GROUPS_SHOWN", 2)
    for name in ("Choir", "Apples", "Bees"):
        actions.create_group(alice, name)
    client = browse(chloe)
    first = client.get("/groups/")
    assert [group.name for group in first.context["others"]] == ["Apples", "Bees"]
    second = client.get(f"/groups/?after={first.context['after']}")
    assert [group.name for group in second.context["others"]] == ["Choir"]
    assert second.context["after"] == ""


@pytest.mark.parametrize("after", ["no-such-group", "a\x00b", "'", "x" * 5_000])
def test_a_place_in_the_list_that_is_none_begins_at_the_beginning(
    browse: Browse, chloe: User, group: Group, gardeners: Group, after: str
) -> None:
    client = browse(chloe)
    for place in (after, group.slug):  # a group that one cannot see is no place either
        assert client.get("/groups/", {"after": place}).context["others"] == [gardeners]


def test_the_page_of_a_private_group_is_missing_for_strangers(
    browse: Browse, chloe: User, group: Group
) -> None:
    client = browse(chloe)
    for page in ("", "members/", "edit/", "delete/"):
        there = client.get(f"/groups/{group.slug}/{page}")
        missing = client.get(f"/groups/no-such-group/{page}")
        assert there.status_code == missing.status_code == 404
        assert without_tokens(there, group.slug) == without_tokens(missing, "no-such-group")
    assert client.post(f"/groups/{group.slug}/join/").status_code == 404
    assert client.post(f"/groups/{group.slug}/leave/").status_code == 404


def without_tokens(answer: Any, slug: str = "") -> str:
    """The page without what differs at every request, and without the address that was asked for."""
    lines = [line for line in answer.content.decode().splitlines() if "csrf" not in line.lower()]
    return "\n".join(lines).replace(slug, "") if slug else "\n".join(lines)


def test_whoever_is_signed_out_is_sent_to_sign_in(client: Client, group: Group) -> None:
    for page in (
        "/groups/",
        "/groups/new/",
        f"/groups/{group.slug}/",
        "/bookmarks/",
        "/search/",
        "/u/alice/",
    ):
        assert client.get(page).headers["Location"].startswith("/accounts/login/")


def test_a_group_is_founded_by_whoever_fills_in_the_form(browse: Browse, chloe: User) -> None:
    response = browse(chloe).post("/groups/new/", {"name": "Board  games", "description": "Wednesdays"})
    assert response.headers["Location"] == "/groups/board-games/"
    group = Group.objects.get()
    assert (group.name, group.is_private) == ("Board games", False)
    assert group.memberships.get().role == GroupMembership.Role.OWNER


def test_a_taken_name_is_said_at_its_field(browse: Browse, chloe: User, gardeners: Group) -> None:
    response = browse(chloe).post("/groups/new/", {"name": "gardeners"})
    assert response.status_code == 422
    assert "exists already" in response.context["form"].errors["name"][0]


def test_joining_and_leaving_a_public_group(browse: Browse, chloe: User, gardeners: Group) -> None:
    client = browse(chloe)
    assert client.post("/groups/gardeners/join/").headers["Location"] == "/groups/gardeners/"
    assert client.get("/groups/gardeners/").context["standing"].is_member
    assert client.post("/groups/gardeners/leave/").headers["Location"] == "/groups/gardeners/"
    assert not client.get("/groups/gardeners/").context["standing"].is_member


def test_htmx_gets_the_button_alone(browse: Browse, chloe: User, gardeners: Group) -> None:
    answer = browse(chloe).post("/groups/gardeners/join/", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"joined" in answer.content
    assert b"<html" not in answer.content


def test_whoever_leaves_a_private_group_is_led_to_what_they_can_still_see(
    browse: Browse, bob: User, group: Group
) -> None:
    assert browse(bob).post(f"/groups/{group.slug}/leave/").headers["Location"] == "/groups/"


def test_the_owner_is_told_why_they_cannot_leave(browse: Browse, alice: User, gardeners: Group) -> None:
    response = browse(alice).post("/groups/gardeners/leave/", follow=True)
    assert "hand it to another member first" in response.content.decode()
    assert gardeners.memberships.count() == 1


@pytest.mark.parametrize(
    "link", ["{slug}", " {slug} ", "http://localhost:8000/groups/{slug}/", "/groups/{slug}"]
)
def test_an_address_is_enough_to_ask(browse: Browse, chloe: User, group: Group, link: str) -> None:
    browse(chloe).post("/groups/", {"address": link.format(slug=group.slug)})
    assert group.memberships.get(user=chloe).status == GroupMembership.Status.REQUESTED


def test_asking_tells_nobody_whether_there_is_such_a_group(browse: Browse, chloe: User, group: Group) -> None:
    client = browse(chloe)
    answers = [
        client.post("/groups/", {"address": slug}, follow=True) for slug in (group.slug, "no-such-group")
    ]
    there, missing = (without_tokens(answer) for answer in answers)
    assert "now know that you ask" in there
    assert there == missing
    assert group.name not in there


def test_an_address_of_a_public_group_joins_it(browse: Browse, chloe: User, gardeners: Group) -> None:
    assert (
        browse(chloe).post("/groups/", {"address": "gardeners"}).headers["Location"] == "/groups/gardeners/"
    )
    assert gardeners.memberships.active().filter(user=chloe).exists()


def test_only_the_owner_edits_and_deletes(browse: Browse, alice: User, bob: User, group: Group) -> None:
    edit, delete = f"/groups/{group.slug}/edit/", f"/groups/{group.slug}/delete/"
    member = browse(bob)
    assert [member.get(edit).status_code, member.post(delete).status_code] == [403, 403]
    owner = browse(alice)
    assert (
        owner.post(edit, {"name": "Number nine", "is_private": "on"}).headers["Location"]
        == group.get_absolute_url()
    )
    group.refresh_from_db()
    assert (group.name, group.is_private) == ("Number nine", True)
    assert b"cannot be undone" in owner.get(delete).content
    assert Group.objects.exists()
    assert owner.post(delete).headers["Location"] == "/groups/"
    assert not Group.objects.exists()


def test_the_page_shows_the_latest_posts_first_and_goes_on_by_cursor(
    browse: Browse, alice: User, gardeners: Group
) -> None:
    for number in range(25):
        actions.create_post(alice, f"Post {number}", group=gardeners)
    client = browse(alice)
    first = client.get("/groups/gardeners/")
    assert [view.post.content for view in first.context["views"]][:2] == ["Post 24", "Post 23"]
    second = client.get(f"/groups/gardeners/?cursor={first.context['older']}")
    assert [view.post.content for view in second.context["views"]][-1] == "Post 0"
    assert len(first.context["views"]) + len(second.context["views"]) == 25


def test_only_caretakers_see_who_asks(
    browse: Browse, alice: User, bob: User, chloe: User, group: Group
) -> None:
    actions.join_group(chloe, group)
    assert "Asking to join" in browse(alice).get(group.get_absolute_url()).content.decode()
    assert "Asking to join" not in browse(bob).get(group.get_absolute_url()).content.decode()


@pytest.mark.parametrize("page", ["", "members/"])
def test_the_number_of_queries_does_not_grow_with_the_group(
    browse: Browse,
    alice: User,
    group: Group,
    make_user: MakeUser,
    page: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    address = f"/groups/{group.slug}/{page}"
    client = browse(alice)
    with django_assert_max_num_queries(100) as few:
        client.get(address)
    for number in range(8):
        person = make_user(f"person{number}")
        membership = actions.join_group(person, group)
        if number % 2:
            actions.accept_request(alice, membership)
            written: Post = actions.create_post(person, "Hello.", group=group)
            actions.react(alice, written)
            actions.comment(alice, written, "Welcome.")
    # One more where posts are shown at all: their engagement is asked for in a fixed number of queries.
    with django_assert_max_num_queries(len(few) + (5 if page == "" else 0)):
        client.get(address)


def test_the_list_takes_as_many_queries_for_many_groups(
    browse: Browse, alice: User, chloe: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actions.create_group(alice, "Apples")
    client = browse(chloe)
    client.get("/groups/")
    with django_assert_num_queries(6):
        client.get("/groups/")
    for name in ("Bees", "Choir", "Dogs"):
        actions.create_group(alice, name)
    with django_assert_num_queries(6):
        client.get("/groups/")
