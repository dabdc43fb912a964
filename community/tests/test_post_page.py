import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community import actions
from community.models import Group, Post
from conftest import Browse
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def address(post: Post) -> str:
    return f"/posts/{post.pk}/"


def test_it_shows_the_words_as_markdown_and_nothing_else(browse: Browse, alice: User, bob: User) -> None:
    post = actions.create_post(alice, "**Take** <script>alert(1)</script>", title="Seeds & <i>more</i>")
    actions.comment(bob, post, "*Thanks* <img src=x onerror=alert(1)>")
    page = browse(bob).get(address(post)).content.decode()

    assert "<strong>Take</strong>" in page
    assert "<em>Thanks</em>" in page
    assert "Seeds &amp; &lt;i&gt;more&lt;/i&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_what_one_may_not_see_is_missing_like_what_never_was(
    browse: Browse, alice: User, chloe: User, private_post: Post
) -> None:
    comment = actions.comment(alice, private_post, "Secret")
    client = browse(chloe)
    for page in ("posts/{}/", "posts/{}/edit/", "posts/{}/delete/", "posts/{}/comments/"):
        there, missing = (
            client.get(f"/{page.format(private_post.pk)}"),
            client.get(f"/{page.format(999_999)}"),
        )
        assert (there.status_code, missing.status_code) == (404, 404)
        assert len(there.content) == pytest.approx(len(missing.content), abs=10)
    for page in ("reactions", "bookmark", "comments"):
        sent = {"add": "like", "content": "Hello"}
        assert client.post(f"/posts/{private_post.pk}/{page}/", sent).status_code == 404
    assert client.get(f"/comments/{comment.pk}/edit/").status_code == 404
    assert client.post(f"/comments/{comment.pk}/delete/").status_code == 404
    assert client.get(f"/posts/{10**30}/").status_code == 404


def test_whoever_is_signed_out_is_sent_to_sign_in(client: Client, post: Post) -> None:
    for page in ("/posts/new/", address(post), f"{address(post)}edit/", f"{address(post)}reactions/"):
        assert client.get(page).headers["Location"].startswith("/accounts/login/")


@pytest.mark.django_db(transaction=True)
def test_opening_a_post_marks_what_was_said_of_it_as_read(
    browse: Browse, alice: User, bob: User, post: Post
) -> None:
    actions.react(bob, post)
    unread = Notification.objects.of(alice).unread().filter(target_type="post")
    client = browse(alice)

    client.head(address(post))
    client.get(address(post), headers={"HX-Request": "true"})
    client.get(address(post), headers={"Sec-Purpose": "prefetch;prerender"})
    client.get("/")
    browse(bob).get(address(post))
    assert unread.count() == 1

    client.get(address(post))
    assert unread.count() == 0


def test_only_its_author_edits_a_post(browse: Browse, alice: User, bob: User, post: Post) -> None:
    assert browse(bob).get(f"{address(post)}edit/").status_code == 403
    assert browse(bob).post(f"{address(post)}edit/", {"content": "Mine"}).status_code == 403

    answer = browse(alice).post(f"{address(post)}edit/", {"title": "Gone", "content": "All *taken*."})
    post.refresh_from_db()
    assert (answer.status_code, answer.headers["Location"]) == (303, address(post))
    assert (post.title, post.content_html) == ("Gone", "<p>All <em>taken</em>.</p>\n")


def test_an_edit_without_words_keeps_the_rest(browse: Browse, alice: User, post: Post) -> None:
    answer = browse(alice).post(f"{address(post)}edit/", {"title": "A new title", "content": " "})

    assert answer.status_code == 422
    assert "A new title" in answer.content.decode()
    post.refresh_from_db()
    assert post.title == "Seedlings to give away"


def test_authors_and_those_who_look_after_the_group_delete_a_post(
    browse: Browse, alice: User, bob: User, chloe: User, group: Group
) -> None:
    of_bob, of_alice = (actions.create_post(who, "Words", group=group) for who in (bob, alice))

    assert browse(bob).post(f"{address(of_alice)}delete/").status_code == 403
    assert "Delete this post?" in browse(alice).get(f"{address(of_bob)}delete/").content.decode()
    assert Post.objects.count() == 2
    assert browse(alice).post(f"{address(of_bob)}delete/").headers["Location"] == group.get_absolute_url()
    assert Post.objects.get() == of_alice


def test_the_menu_offers_only_what_one_may_do(browse: Browse, alice: User, bob: User, group: Group) -> None:
    post = actions.create_post(bob, "Words", group=group)
    pages = {user: browse(user).get(address(post)).content.decode() for user in (alice, bob)}

    assert f"{address(post)}edit/" in pages[bob]
    assert f"{address(post)}edit/" not in pages[alice]
    assert f"{address(post)}delete/" in pages[alice]


@pytest.mark.parametrize("count", [1, 20])
def test_twenty_comments_take_as_many_queries_as_one(
    browse: Browse,
    alice: User,
    bob: User,
    private_post: Post,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    parent = None
    for n in range(count):
        parent = actions.comment((alice, bob)[n % 2], private_post, f"Comment {n}", parent=parent)
    client = browse(bob)
    with django_assert_num_queries(15):
        client.get(address(private_post))
