"""The numbers beside the posts of a page."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from community import actions
from community.engagement_counts import with_engagement
from community.models import Post

pytestmark = pytest.mark.both_databases


def test_each_post_has_its_own_numbers_in_the_order_given(alice: User, bob: User, chloe: User) -> None:
    posts = [actions.create_post(alice, f"Number {n}.") for n in range(3)]
    for reader, reaction in ((bob, "like"), (chloe, "like"), (bob, "wow")):
        actions.react(reader, posts[1], reaction)
    actions.bookmark(chloe, posts[2])
    gone = actions.comment(bob, posts[0], "First.")
    actions.comment(chloe, posts[0], "Second.", parent=gone)
    actions.delete_comment(bob, gone)
    first, second, third = with_engagement(posts, bob)
    assert [view.post for view in (first, second, third)] == posts
    assert (first.comments_count, first.likes_count) == (1, 0)
    assert second.reactions == {"like": 2, "love": 0, "laugh": 0, "wow": 1, "sad": 0}
    assert second.my_reactions == {"like", "wow"}
    assert (second.liked, second.bookmarked) == (True, False)
    assert (third.bookmarks_count, third.bookmarked) == (1, False)


def test_a_visitor_has_done_nothing(bob: User, post: Post) -> None:
    actions.react(bob, post)
    (view,) = with_engagement([post], AnonymousUser())
    assert (view.likes_count, view.liked, view.bookmarked) == (1, False, False)
    assert not view.my_reactions


def test_three_queries_serve_any_page(
    alice: User, bob: User, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    posts = [actions.create_post(alice, f"Number {n}.") for n in range(20)]
    assert count_queries(lambda: with_engagement(posts[:1], bob)) == 3
    assert count_queries(lambda: with_engagement(posts, bob)) == 3
    assert count_queries(lambda: with_engagement([], bob)) == 0
