"""A long thread is read part by part, without scripts, and what leads to one comment leads to its part."""

import re
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community import actions, thread
from community.models import Comment, Post
from conftest import Browse

pytestmark = pytest.mark.django_db


@pytest.fixture
def comments(bob: User, post: Post, monkeypatch: pytest.MonkeyPatch) -> list[Comment]:
    """Twelve, of which five are shown at a time."""
    monkeypatch.setattr(thread, "PART", 5)
    monkeypatch.setattr(thread, "FEW", 0)
    return Comment.objects.bulk_create(
        Comment(
            post=post, author=bob, content=f"Comment {n}", content_html=f"<p>Comment {n}</p>",
            created_at=post.created_at - timedelta(minutes=20 - n),
        )
        for n in range(12)
    )  # fmt: skip


def shown(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="comment-(\d+)"', html)]


def link(html: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', html)
    return found[1].partition("#")[0] if found else ""


def test_one_reads_on_and_back_by_links(
    browse: Browse, alice: User, post: Post, comments: list[Comment]
) -> None:
    client, ids = browse(alice), [comment.pk for comment in comments]
    pages = [client.get(post.get_absolute_url()).content.decode()]
    while following := link(pages[-1], "next"):
        pages.append(client.get(following).content.decode())

    assert [shown(page) for page in pages] == [ids[:5], ids[5:10], ids[10:]]
    assert "12 comments" in pages[2]
    assert "2 more comments" in pages[1]
    assert shown(client.get(link(pages[2], "prev")).content.decode()) == ids[5:10]
    assert link(pages[0], "prev") == ""


def test_what_leads_to_a_comment_leads_to_its_part(
    browse: Browse, alice: User, post: Post, comments: list[Comment]
) -> None:
    client = browse(alice)
    for comment in (comments[0], comments[7], comments[11]):
        assert comment.pk in shown(client.get(comment.get_absolute_url()).content.decode())
    comments[7].delete()
    assert shown(client.get(comments[7].get_absolute_url()).content.decode())[0] == comments[0].pk


def test_one_answers_where_one_reads_and_sees_what_one_wrote(
    browse: Browse, alice: User, post: Post, comments: list[Comment]
) -> None:
    client, answered = browse(alice), comments[8]
    page = client.get(f"{post.get_absolute_url()}?reply_to={answered.pk}").content.decode()
    assert answered.pk in shown(page)
    assert page.count("<textarea") == 2

    sent = {"content": "Me too", "parent": answered.pk}
    answer = client.post(f"{post.get_absolute_url()}comments/", sent)
    written = Comment.objects.get(parent=answered)
    assert written.pk in shown(client.get(answer["Location"]).content.decode())
    refused = client.post(f"{post.get_absolute_url()}comments/", sent | {"content": "x" * 5001})
    assert answered.pk in shown(refused.content.decode())
    in_place = client.post(
        f"{post.get_absolute_url()}comments/", {"content": "Last"}, headers={"HX-Request": "true"}
    )
    assert shown(in_place.content.decode())[-1] == Comment.objects.get(content="Last").pk


def test_every_part_takes_as_many_queries(
    browse: Browse,
    alice: User,
    bob: User,
    post: Post,
    comments: list[Comment],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    actions.comment(bob, post, "An answer", parent=comments[11])
    client = browse(alice)
    for comment in (comments[0], comments[11]):
        with django_assert_num_queries(13):
            client.get(comment.get_absolute_url())
