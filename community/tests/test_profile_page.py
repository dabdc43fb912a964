import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community import actions
from community.models import Group, Post
from conftest import Browse

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_a_profile_shows_what_its_reader_may_see(
    browse: Browse, alice: User, bob: User, chloe: User, group: Group, post: Post, private_post: Post
) -> None:
    member = browse(bob).get("/u/alice/")
    assert [view.post for view in member.context["views"]] == [private_post, post]
    assert group.name in member.content.decode()
    stranger = browse(chloe).get("/u/alice/")
    assert [view.post for view in stranger.context["views"]] == [post]
    assert group.name not in stranger.content.decode()


def test_a_name_is_found_whatever_its_case(browse: Browse, alice: User, bob: User) -> None:
    assert browse(bob).get("/u/ALICE/").context["person"] == alice


@pytest.mark.parametrize("username", ["nobody", "a" * 200, "a%00b", "%F0%9F%90%9D", "..%2F"])
def test_nobody_of_that_name_is_missing(browse: Browse, bob: User, username: str) -> None:
    assert browse(bob).get(f"/u/{username}/").status_code == 404


def test_who_left_the_site_has_no_profile(browse: Browse, alice: User, bob: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert browse(bob).get("/u/alice/").status_code == 404


def test_only_ones_own_profile_has_a_way_to_edit_it(browse: Browse, alice: User, bob: User) -> None:
    assert b"/accounts/profile/" in browse(alice).get("/u/alice/").content.split(b"<main")[1]
    assert b"/accounts/profile/" not in browse(bob).get("/u/alice/").content.split(b"<main")[1]


def test_the_email_address_is_nobody_elses_business(browse: Browse, alice: User, bob: User) -> None:
    assert alice.email.encode() not in browse(bob).get("/u/alice/").content


def test_the_number_of_queries_does_not_grow_with_the_posts(
    browse: Browse, alice: User, bob: User, post: Post, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(bob)
    with django_assert_num_queries(12):
        client.get("/u/alice/")
    for number in range(5):
        actions.create_post(alice, f"Post {number}", group=actions.create_group(alice, f"Group {number}"))
    with django_assert_num_queries(12):
        client.get("/u/alice/")
