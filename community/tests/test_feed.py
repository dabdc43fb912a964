import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community import actions
from community.models import Group, Post
from conftest import Browse

pytestmark = pytest.mark.django_db


def write(author: User, count: int) -> list[Post]:
    """The newest first; half of them at the same moment."""
    now = timezone.now() - timedelta(days=1)
    posts = [
        actions.create_post(author, f"Text {n}", title=f"Post {n}", at=now - timedelta(minutes=n // 2))
        for n in range(count)
    ]
    return sorted(posts, key=lambda post: (post.created_at, post.pk), reverse=True)


def shown(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'<article class="post" id="post-(\d+)"', html)]


def test_signed_out_it_says_what_this_is_and_shows_no_post(client: Client, post: Post) -> None:
    page = client.get("/").content.decode()

    assert "A home for the people around you" in page
    assert "/accounts/login/" in page
    assert "/accounts/signup/" in page
    assert post.title not in page


def test_it_shows_what_one_may_see(
    browse: Browse, bob: User, chloe: User, post: Post, private_post: Post
) -> None:
    assert shown(browse(bob).get("/").content.decode()) == [private_post.pk, post.pk]
    assert shown(browse(chloe).get("/").content.decode()) == [post.pk]


def test_beside_it_stand_the_newest_groups_and_people_but_no_private_group(
    browse: Browse, alice: User, chloe: User, group: Group
) -> None:
    actions.create_group(alice, "Choir")
    page = browse(chloe).get("/").content.decode()

    assert "Choir" in page
    assert "Alice" in page
    assert group.name not in page


def test_older_leads_through_all_posts_once_while_new_ones_arrive(browse: Browse, alice: User) -> None:
    written = write(alice, 45)
    client, page, seen = browse(alice), "/", []
    while page:
        html = client.get(page).content.decode()
        seen += shown(html)
        actions.create_post(alice, f"Meanwhile {len(seen)}")
        older = re.search(r'rel="next" href="(\?before=[\w-]+)"', html)
        page = f"/{older[1]}" if older else ""

    assert seen == [post.pk for post in written]


@pytest.mark.parametrize(
    "cursor", ["x", "%00", "é", "A" * 22, "_" * 22, "A" * 5000, "7_________8AAAAAAAAAAQ"]
)
def test_a_cursor_that_is_none_does_no_harm(browse: Browse, alice: User, post: Post, cursor: str) -> None:
    assert browse(alice).get("/", {"before": cursor}).status_code == 200


def test_when_nothing_is_there_it_says_what_to_do(browse: Browse, alice: User) -> None:
    assert "Write the first post" in browse(alice).get("/").content.decode()


def test_a_long_post_is_cut_where_its_markup_stays_whole(browse: Browse, alice: User) -> None:
    post = actions.create_post(alice, "**" + "<b> & word " * 100 + "end**")
    page = browse(alice).get("/").content.decode()

    assert "…</strong>" in page
    assert "<b> &" not in page
    assert f'<a class="more-link" href="/posts/{post.pk}/">' in page


@pytest.mark.parametrize("count", [1, 20])
def test_twenty_posts_take_as_many_queries_as_one(
    browse: Browse, alice: User, bob: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    group = actions.create_group(alice, "Choir")
    for n in range(count):
        post = actions.create_post(alice, f"Text {n}", group=group)
        actions.react(bob, post)
        actions.comment(bob, post, "Good")
    client = browse(bob)
    with django_assert_num_queries(13):
        client.get("/")
