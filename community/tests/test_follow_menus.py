"""The menus of groups, posts and people that steer what comes from them, and the same in the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.models import Block, Level, Rule

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
Api = Callable[[User | None], APIClient]
HTMX = {"HX-Request": "true"}


def test_a_post_is_muted_where_one_reads_it(post: Post, bob: User, browse: Browse) -> None:
    client = browse(bob)
    assert 'aria-label="Following: Normal"' in client.get(f"/posts/{post.pk}/").content.decode()
    answer = client.post(f"/posts/{post.pk}/watch/", {"level": "muted"})
    assert (answer.status_code, answer["Location"]) == (303, f"/posts/{post.pk}/")
    html = client.get(f"/posts/{post.pk}/").content.decode()
    assert "Muted: nothing from here reaches you" in html
    assert 'aria-label="Following: Muted"' in html
    assert Rule.objects.get().user == bob


def test_htmx_gets_the_menu_alone_with_what_holds_now(post: Post, bob: User, browse: Browse) -> None:
    answer = browse(bob).post(f"/posts/{post.pk}/watch/", {"level": "watching"}, headers=HTMX)
    assert answer.content.decode().strip().startswith("<details")
    assert 'aria-label="Following: Watching"' in answer.content.decode()
    assert "You watch this now." in answer["HX-Trigger"]


def test_a_group_is_followed_on_its_page_and_its_posts_with_it(
    private_post: Post, group: Group, bob: User, browse: Browse
) -> None:
    client = browse(bob)
    client.post(f"/groups/{group.slug}/watch/", {"level": "watching"})
    html = client.get(f"/groups/{group.slug}/").content.decode()
    assert "A mail for each new post" in html
    assert 'value="watching" aria-pressed="true"' in html
    assert "As you follow its group." in client.get(f"/posts/{private_post.pk}/").content.decode()
    client.post(f"/posts/{private_post.pk}/watch/", {"level": "normal"})
    assert "As you follow its group." not in client.get(f"/posts/{private_post.pk}/").content.decode()


def test_cards_and_groups_one_only_looks_at_have_no_such_menu(
    post: Post, private_post: Post, group: Group, alice: User, bob: User, browse: Browse
) -> None:
    assert browse(bob).get(f"/groups/{group.slug}/").content.decode().count('id="follow-') == 1
    club = actions.create_group(alice, "Chess club")
    actions.create_post(alice, "Thursday at seven.", group=club)
    for path in ("/", f"/groups/{club.slug}/"):
        assert "follow-" not in browse(bob).get(path).content.decode()


@pytest.mark.parametrize("level", ["", "loud", "muted\x00"])
def test_another_word_is_no_level(post: Post, bob: User, browse: Browse, level: str) -> None:
    assert browse(bob).post(f"/posts/{post.pk}/watch/", {"level": level}).status_code == 400
    assert not Rule.objects.exists()


def test_somebody_is_blocked_and_unblocked_on_their_page(bob: User, alice: User, browse: Browse) -> None:
    client = browse(alice)
    client.post("/u/bob/block/", {"block": "1"})
    html = client.get("/u/bob/").content.decode()
    assert "Blocked. Nothing that Bob does reaches you" in html
    assert "You blocked Bob" in html
    assert "You blocked" not in browse(bob).get("/u/alice/").content.decode()
    client.post("/u/bob/block/", {"unblock": "1"})
    assert "reaches you again" in client.get("/u/bob/").content.decode()
    assert not Block.objects.exists()
    client.post("/u/alice/block/", {"block": "1"})
    assert not Block.objects.exists()


def test_the_api_says_and_sets_how_closely_one_follows(
    private_post: Post, group: Group, bob: User, chloe: User, api: Api
) -> None:
    client, of_post, of_group = (
        api(bob),
        f"/api/posts/{private_post.pk}/watch",
        f"/api/groups/{group.slug}/watch",
    )
    assert client.get(of_post).json() == {"level": "normal", "by_group": False}
    assert client.put(of_group, {"level": "muted"}, format="json").json()["level"] == "muted"
    assert client.get(of_post).json() == {"level": "muted", "by_group": True}
    assert client.put(of_post, {"level": "watching"}, format="json").json() == {
        "level": "watching", "by_group": False,
    }  # fmt: skip
    assert set(client.put(of_post, {"level": "loud"}, format="json").json()) == {"level"}
    for path in (of_post, of_group):
        assert api(chloe).put(path, {"level": "muted"}, format="json").status_code == 404
    assert not Rule.objects.of(chloe).exists()


def test_the_api_blocks_lists_and_unblocks(alice: User, bob: User, api: Api) -> None:
    client = api(alice)
    for _ in range(2):
        assert client.post("/api/blocks", {"username": "BOB"}, format="json").status_code == 201
    listed: dict[str, Any] = client.get("/api/blocks").json()
    assert [row["username"] for row in listed["results"]] == ["bob"]
    assert api(bob).get("/api/blocks").json()["total"] == 0
    for name in ("alice", "nobody"):
        assert set(client.post("/api/blocks", {"username": name}, format="json").json()) == {"username"}
    for _ in range(2):
        assert client.delete("/api/blocks/bob").status_code == 204
    assert not Block.objects.exists()


def test_normal_is_the_level_of_whoever_chose_none(post: Post, bob: User) -> None:
    assert actions.follow_post(bob, post, "normal") == Level.NORMAL
    assert not Rule.objects.exists()
