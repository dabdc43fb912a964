import pytest

from accounts.models import User
from community import actions
from community.models import Comment, Group, Post
from conftest import Browse

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def comment(bob: User, post: Post) -> Comment:
    return actions.comment(bob, post, "I take two")


def test_a_comment_leads_back_to_itself(browse: Browse, bob: User, post: Post) -> None:
    answer = browse(bob).post(f"/posts/{post.pk}/comments/", {"content": "I take two", "parent": ""})

    comment = Comment.objects.get()
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/posts/{post.pk}/?comment={comment.pk}#comment-{comment.pk}"
    assert (comment.author, comment.post, comment.parent) == (bob, post, None)


def test_a_reply_is_written_in_place_without_scripts(
    browse: Browse, alice: User, post: Post, comment: Comment
) -> None:
    client = browse(alice)
    page = client.get(f"/posts/{post.pk}/?reply_to={comment.pk}").content.decode()
    assert f'<input type="hidden" name="parent" value="{comment.pk}"' in page
    assert page.count("<textarea") == 2

    client.post(f"/posts/{post.pk}/comments/", {"content": "Take three", "parent": comment.pk})
    assert Comment.objects.get(parent=comment).content == "Take three"


def test_htmx_gets_the_form_alone_and_the_buttons_back(
    browse: Browse, alice: User, post: Post, comment: Comment
) -> None:
    client = browse(alice)
    form = client.get(f"/posts/{post.pk}/?reply_to={comment.pk}", headers=HTMX).content.decode()
    buttons = client.get(f"/posts/{post.pk}/?foot={comment.pk}", headers=HTMX).content.decode()

    assert form.strip().startswith(f'<div id="reply-{comment.pk}">')
    assert form.count("<textarea") == 1
    assert "<textarea" not in buttons
    assert "<html" not in form + buttons
    for wrong in ("0", "x", "²", "9" * 5000):
        assert client.get(f"/posts/{post.pk}/?reply_to={wrong}", headers=HTMX).status_code == 404
        assert client.get(f"/posts/{post.pk}/?reply_to={wrong}").status_code == 200


def test_htmx_gets_the_comments_with_the_new_one_marked(
    browse: Browse, alice: User, post: Post, comment: Comment
) -> None:
    sent = {"content": "Take three", "parent": comment.pk}
    part = browse(alice).post(f"/posts/{post.pk}/comments/", sent, headers=HTMX).content.decode()
    new = Comment.objects.get(parent=comment)

    assert part.strip().startswith('<section id="comments"')
    assert f'<article class="comment new" id="comment-{new.pk}"' in part
    assert "hx-preserve" in part  # a draft below the thread is left alone


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_comment_keeps_its_words_where_they_were(
    browse: Browse, alice: User, post: Post, comment: Comment, headers: dict[str, str]
) -> None:
    words = "x" * 5_001
    sent = {"content": words, "parent": comment.pk}
    answer = browse(alice).post(f"/posts/{post.pk}/comments/", sent, headers=headers)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert words in page
    assert 'aria-invalid="true"' in page
    assert page.index(words) < page.index('id="comment_content"')
    assert Comment.objects.count() == 1


def test_a_reply_to_what_was_deleted_meanwhile_keeps_its_words(
    browse: Browse, alice: User, bob: User, post: Post, comment: Comment
) -> None:
    sent = {"content": "Take three", "parent": comment.pk}
    actions.delete_comment(bob, comment)
    answer = browse(alice).post(f"/posts/{post.pk}/comments/", sent)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "Take three" in page
    assert "is not here any more" in page


def test_a_comment_of_another_post_cannot_be_replied_to_here(
    browse: Browse, alice: User, post: Post, comment: Comment
) -> None:
    other = actions.create_post(alice, "Another")
    sent = {"content": "Words", "parent": comment.pk}

    assert browse(alice).post(f"/posts/{other.pk}/comments/", sent).status_code == 422
    assert other.comments.count() == 0


def test_a_double_click_writes_one_comment(browse: Browse, bob: User, post: Post) -> None:
    client = browse(bob)
    for _n in range(2):
        client.post(f"/posts/{post.pk}/comments/", {"content": "I take two"})

    assert post.comments.count() == 1


def test_reloading_a_refused_comment_leads_to_the_post(browse: Browse, bob: User, post: Post) -> None:
    answer = browse(bob).get(f"/posts/{post.pk}/comments/")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/posts/{post.pk}/")


def test_only_its_author_edits_a_comment(browse: Browse, alice: User, bob: User, comment: Comment) -> None:
    page = f"/comments/{comment.pk}/edit/"
    assert browse(alice).get(page).status_code == 403
    assert browse(alice).post(page, {"content": "Mine"}).status_code == 403
    assert browse(bob).post(page, {"content": " "}).status_code == 422

    answer = browse(bob).post(page, {"content": "I take **three**"})
    comment.refresh_from_db()
    assert answer.headers["Location"] == comment.get_absolute_url()
    assert "<strong>three</strong>" in comment.content_html


def test_a_comment_is_deleted_after_a_question_and_its_replies_stay(
    browse: Browse, alice: User, bob: User, post: Post, comment: Comment
) -> None:
    actions.comment(alice, post, "An answer", parent=comment)
    page = f"/comments/{comment.pk}/delete/"
    assert "Delete this comment?" in browse(bob).get(page).content.decode()
    assert browse(bob).post(page).headers["Location"] == f"/posts/{post.pk}/#comments"

    shown = browse(bob).get(f"/posts/{post.pk}/").content.decode()
    assert "This comment was deleted." in shown
    assert "An answer" in shown
    assert "I take two" not in shown
    assert browse(bob).post(page).status_code == 404


def test_who_looks_after_the_group_deletes_comments_in_it_and_others_do_not(
    browse: Browse, alice: User, bob: User, private_post: Post, group: Group
) -> None:
    of_alice, of_bob = (actions.comment(who, private_post, "Words") for who in (alice, bob))

    assert browse(bob).post(f"/comments/{of_alice.pk}/delete/").status_code == 403
    assert browse(alice).post(f"/comments/{of_bob.pk}/delete/").status_code == 303
    assert Comment.objects.get() == of_alice
