"""One like, from the press of the button to the inbox, and back."""

import pytest
from django.core import mail

from accounts.models import User
from community import actions
from community.models import Post
from notifications.models import Delivery, Event, Notification
from notifications.rendering import render

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def inbox(user: User) -> list[str]:
    return [shown.title for shown in render(list(Notification.objects.of(user).newest_first()), user)]


def test_a_like_reaches_the_author_in_the_app_and_by_mail(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)

    assert inbox(alice) == ["Bob liked “Seedlings to give away”"]
    assert Event.objects.get().outcome == Event.Outcome.NOTIFIED
    assert Delivery.objects.get().state == Delivery.State.SENT
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]
    assert "Bob liked" in mail.outbox[0].subject


def test_likes_of_one_post_fold_into_one_row_and_one_mail(
    post: Post, alice: User, bob: User, chloe: User
) -> None:
    actions.react(bob, post)
    actions.react(chloe, post)

    assert inbox(alice) == ["Chloe and Bob liked “Seedlings to give away”"]
    assert len(mail.outbox) == 1
    assert Event.objects.filter(mail=Event.Mail.FOLDED).count() == 1


def test_a_like_taken_back_leaves_the_inbox(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    actions.unreact(bob, post)

    assert inbox(alice) == []
    assert Event.objects.get().state == Event.State.RETRACTED


def test_liking_again_and_again_is_one_row_and_one_mail(post: Post, alice: User, bob: User) -> None:
    for _ in range(5):
        actions.react(bob, post)
        actions.unreact(bob, post)
    actions.react(bob, post)

    assert inbox(alice) == ["Bob liked “Seedlings to give away”"]
    assert len(mail.outbox) == 1


def test_nobody_hears_of_their_own_like(post: Post, alice: User) -> None:
    actions.react(alice, post)

    assert inbox(alice) == []
    assert not Event.objects.exists()
