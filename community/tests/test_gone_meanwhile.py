"""Somebody deletes it between the look and the press: it is not there, and nothing breaks."""

import pytest
from django.http import Http404

from accounts.models import User
from community import actions
from community.models import Comment, Post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


@pytest.fixture
def gone(post: Post, alice: User) -> Post:
    """A post as the page still shows it, after its author has deleted it."""
    actions.delete_post(alice, Post.objects.get(pk=post.pk))
    return post


def test_reacting(gone: Post, bob: User) -> None:
    with pytest.raises(Http404):
        actions.react(bob, gone)


def test_bookmarking(gone: Post, bob: User) -> None:
    with pytest.raises(Http404):
        actions.bookmark(bob, gone)


def test_commenting(gone: Post, bob: User) -> None:
    with pytest.raises(Http404):
        actions.comment(bob, gone, "Still there?")


def test_editing(gone: Post, alice: User) -> None:
    with pytest.raises(Http404):
        actions.edit_post(alice, gone, content="Too late")


def test_replying_to_a_comment_that_went(post: Post, alice: User, bob: User) -> None:
    comment = actions.comment(alice, post, "Hello")
    actions.delete_comment(alice, Comment.objects.get(pk=comment.pk))

    with pytest.raises(Http404):
        actions.comment(bob, post, "Hello too", parent=comment)
