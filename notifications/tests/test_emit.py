"""Writing an event: in the transaction of the fact, once."""

import contextlib

import pytest
from django.core import serializers
from django.db import connection, transaction
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions, engagement_signals
from community.engagement import LIKED
from community.models import Post, PostReaction
from notifications.models import Event, Notification
from notifications.outbox import reconciler
from notifications.service import NEWS_AGAIN_AFTER, NotificationService

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


class UndoneError(Exception):
    """What a failing action raises."""


def test_emit_refuses_to_write_outside_a_transaction(post: Post, bob: User) -> None:
    reaction = PostReaction(post=post, user=bob, pk=1)

    with pytest.raises(transaction.TransactionManagementError):
        NotificationService.emit(LIKED, reaction)


def test_an_action_that_is_rolled_back_leaves_nothing(post: Post, bob: User) -> None:
    with contextlib.suppress(UndoneError), transaction.atomic():
        actions.react(bob, post)
        raise UndoneError

    assert not PostReaction.objects.exists()
    assert not Event.objects.exists()


def test_a_savepoint_that_is_rolled_back_takes_only_its_own_event(post: Post, bob: User, chloe: User) -> None:
    with transaction.atomic():
        actions.react(bob, post)
        with contextlib.suppress(UndoneError), transaction.atomic():
            actions.react(chloe, post)
            raise UndoneError

    assert list(Event.objects.values_list("actor_id", flat=True)) == [bob.pk]


def test_saving_outside_a_transaction_is_refused(post: Post, bob: User) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        PostReaction.objects.create(post=post, user=bob)

    assert not Event.objects.exists()


def test_a_signal_connected_twice_writes_one_event(post: Post, bob: User) -> None:
    post_save.connect(engagement_signals.reaction_saved, sender=PostReaction, dispatch_uid="a second time")
    try:
        actions.react(bob, post)
    finally:
        post_save.disconnect(sender=PostReaction, dispatch_uid="a second time")

    assert Event.objects.count() == 1


def test_saving_a_row_again_writes_no_event(post: Post, bob: User) -> None:
    actions.react(bob, post)
    Event.objects.all().delete()

    with transaction.atomic():
        PostReaction.objects.get().save()

    assert not Event.objects.exists()


def test_fixtures_write_no_event(post: Post, bob: User) -> None:
    reaction = PostReaction(pk=77, post=post, user=bob)
    [loaded] = serializers.deserialize("json", serializers.serialize("json", [reaction]))

    loaded.save()

    assert PostReaction.objects.filter(pk=77).exists()
    assert not Event.objects.exists()


def test_an_import_is_recorded_and_told_to_nobody(post: Post, alice: User, bob: User) -> None:
    with NotificationService.silenced():
        actions.react(bob, post)

    assert Event.objects.get().outcome == Event.Outcome.SILENCED
    assert not Notification.objects.exists()


def test_bulk_create_and_update_write_no_event_until_the_reconciler_heals_them(
    post: Post, alice: User, bob: User, chloe: User
) -> None:
    PostReaction.objects.bulk_create([PostReaction(post=post, user=bob), PostReaction(post=post, user=chloe)])
    PostReaction.objects.update(created_at=timezone.now() - reconciler.SETTLE * 2)
    assert not Event.objects.exists()

    assert reconciler.heal() == 2
    assert reconciler.heal() == 0
    assert Notification.objects.of(alice).get().actors_count == 2


def test_the_reconciler_leaves_old_rows_alone(post: Post, bob: User) -> None:
    PostReaction.objects.bulk_create([PostReaction(post=post, user=bob)])
    PostReaction.objects.update(created_at=timezone.now() - reconciler.WINDOW * 2)

    assert reconciler.heal() == 0


def test_a_like_given_again_after_a_day_is_news_again(post: Post, alice: User, bob: User) -> None:
    actions.react(bob, post)
    Notification.objects.update(read_at=timezone.now())
    actions.unreact(bob, post)
    Event.objects.update(run_at=timezone.now() - NEWS_AGAIN_AFTER * 2)

    actions.react(bob, post)

    assert Notification.objects.of(alice).unread().count() == 1
    assert Notification.objects.of(alice).count() == 2


def test_a_like_that_was_read_and_is_given_again_within_a_day_is_no_news(
    post: Post, alice: User, bob: User
) -> None:
    actions.react(bob, post)
    Notification.objects.update(read_at=timezone.now())
    actions.unreact(bob, post)
    actions.react(bob, post)

    assert not Notification.objects.of(alice).unread().exists()


def test_an_action_takes_one_statement_more_for_its_event(post: Post, bob: User, settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"
    with CaptureQueriesContext(connection) as captured:
        actions.react(bob, post)

    statements = [query["sql"] for query in captured.captured_queries]
    assert sum("notifications_" in sql for sql in statements) == 1
