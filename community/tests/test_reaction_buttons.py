import pytest

from accounts.models import User
from community import actions
from community.models import Bookmark, Post, PostReaction
from conftest import Browse

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize("kind", PostReaction.Type.values)
def test_a_press_adds_and_another_takes_back(browse: Browse, bob: User, post: Post, kind: str) -> None:
    client, page = browse(bob), f"/posts/{post.pk}/reactions/"
    for _twice in range(2):
        assert client.post(page, {"add": kind}).status_code == 303
        assert post.reactions.get().reaction_type == kind
    for _twice in range(2):
        assert client.post(page, {"remove": kind}).status_code == 303
        assert not post.reactions.exists()


def test_a_bookmark_is_kept_once_and_let_go(browse: Browse, bob: User, post: Post) -> None:
    client, page = browse(bob), f"/posts/{post.pk}/bookmark/"
    for _twice in range(2):
        client.post(page, {"add": "1"})
        assert Bookmark.objects.get().user == bob
    for _twice in range(2):
        client.post(page, {"remove": "1"})
        assert not Bookmark.objects.exists()


def test_a_press_leads_back_to_the_place_it_was_made_at(browse: Browse, bob: User, post: Post) -> None:
    feed = browse(bob).get("/").content.decode()
    assert f'action="/posts/{post.pk}/reactions/?next=%2F"' in feed

    answer = browse(bob).post(f"/posts/{post.pk}/reactions/?next=/%3Fbefore%3Dx", {"add": "like"})
    assert answer.headers["Location"] == f"/?before=x#post-{post.pk}"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.com/", "//example.com", "/\\example.com", "javascript:x"]
)
def test_a_press_does_not_lead_elsewhere(browse: Browse, bob: User, post: Post, elsewhere: str) -> None:
    answer = browse(bob).post(f"/posts/{post.pk}/bookmark/", {"add": "1", "next": elsewhere})

    assert answer.headers["Location"] == f"/posts/{post.pk}/#post-{post.pk}"


def test_htmx_gets_the_buttons_alone_with_the_pressed_one_in_focus(
    browse: Browse, alice: User, bob: User, post: Post
) -> None:
    actions.react(alice, post)
    client = browse(bob)
    page = f"/posts/{post.pk}/reactions/?next=/bookmarks/"
    part = client.post(page, {"add": "like"}, headers=HTMX).content.decode()

    assert part.strip().startswith(f'<div class="acts" id="acts-{post.pk}">')
    assert 'name="remove" value="like" aria-pressed="true" title="Like" autofocus' in part
    assert "<span>2</span>" in part
    assert "next=%2Fbookmarks%2F" in part
    client.post(page, {"add": "sad"}, headers=HTMX)
    part = client.post(page, {"remove": "sad"}, headers=HTMX).content.decode()
    assert '<summary class="react" autofocus' in part  # the button itself is gone


def test_looking_changes_nothing(browse: Browse, bob: User, post: Post) -> None:
    for page in ("reactions", "bookmark"):
        assert browse(bob).get(f"/posts/{post.pk}/{page}/", {"add": "like"}).status_code == 303
    assert not PostReaction.objects.exists()
    assert not Bookmark.objects.exists()


@pytest.mark.parametrize("kind", ["", "hate", "x" * 5000, "like\0"])
def test_a_reaction_that_does_not_exist_is_refused(browse: Browse, bob: User, post: Post, kind: str) -> None:
    for press in ("add", "remove"):
        assert browse(bob).post(f"/posts/{post.pk}/reactions/", {press: kind}).status_code == 400
    assert not PostReaction.objects.exists()
