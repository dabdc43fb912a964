"""The ledger follows the community: once each, symmetrically, and by rows that nobody can change."""

import random
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Comment, Post, PostReaction, Withheld
from conftest import MakeUser
from notifications.models import Event, Notification
from notifications.outbox import pipeline
from reputation import guards
from reputation.models import Award, Entry, Standing
from reputation.reconciling import difference, reconcile
from reputation.tests.scenes import compare, keep_up

pytestmark = pytest.mark.django_db


def total(person: User) -> int:
    """The kept one, which is the sum of the rows."""
    kept = Standing.objects.get(person=person).total
    assert kept == Entry.objects.of(person).aggregate(sum=Sum("points", default=0))["sum"]
    assert kept == Entry.objects.open().of(person).aggregate(sum=Sum("points", default=0))["sum"]
    return kept


def rebuild(**options: bool) -> str:
    out = StringIO()
    call_command("rebuild_reputation", stdout=out, **options)
    return out.getvalue()


@pytest.mark.both_databases
def test_a_like_counts_once_however_often_it_is_taken_back_and_given(
    alice: User, bob: User, post: Post
) -> None:
    actions.react(bob, post)
    actions.react(bob, post, "love")
    assert keep_up() == 1
    assert total(alice) == 2 + 1
    for _again in range(2):
        actions.unreact(bob, post)
        actions.unreact(bob, post, "love")
        keep_up()
        assert total(alice) == 2
        actions.react(bob, post)
        keep_up()
        assert total(alice) == 2 + 1
    thanks = Entry.objects.filter(cause="thanks", reverses=None)
    assert list(thanks.order_by("round").values_list("round", flat=True)) == [1, 2, 3]
    assert keep_up() == 0


@pytest.mark.both_databases
def test_rows_are_neither_changed_nor_deleted_but_go_with_their_person(alice: User, post: Post) -> None:
    reconcile(alice)
    entry = Entry.objects.get()
    for change in (
        lambda: Entry.objects.update(points=100),
        lambda: Entry.objects.update(person=None, points=100),
        lambda: entry.delete(),
        lambda: Entry.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic():
            change()
    alice.delete()
    assert not Entry.objects.exists()
    assert not Standing.objects.exists()


def test_nothing_counts_that_is_done_with_one_s_own_things(alice: User, post: Post) -> None:
    actions.react(alice, post)
    actions.comment(alice, post, "Still there.")
    keep_up()
    assert total(alice) == 2


def test_an_answer_to_somebody_new_counts_more(alice: User, bob: User, post: Post) -> None:
    actions.comment(bob, post, "May I have three?")
    keep_up()
    assert total(bob) == 1 + 2
    User.objects.filter(pk=alice.pk).update(date_joined=timezone.now() - timedelta(days=30))
    compare()
    assert total(bob) == 1


def test_what_is_deleted_or_withheld_takes_its_points_along(alice: User, bob: User, post: Post) -> None:
    comment = actions.comment(bob, post, "May I have three?")
    actions.react(bob, post)
    keep_up()
    Post.objects.filter(pk=post.pk).update(withheld=Withheld.HIDDEN)
    keep_up()
    assert (total(alice), total(bob)) == (0, 0)
    Post.objects.filter(pk=post.pk).update(withheld="")
    compare()
    assert (total(alice), total(bob)) == (3, 3)
    actions.delete_comment(bob, comment)
    actions.delete_post(alice, post)
    keep_up()
    assert (total(alice), total(bob)) == (0, 0)


def test_rebuilding_changes_nothing_when_all_is_right_and_mends_what_is_not(
    alice: User, bob: User, post: Post
) -> None:
    actions.react(bob, post)
    keep_up()
    rows = Entry.objects.count()
    assert rebuild(check=True) == rebuild() == "All is right.\n"
    Standing.objects.filter(person=alice).update(total=99)
    actions.unreact(bob, post)
    with pytest.raises(CommandError, match="1 people"):
        rebuild(check=True)
    assert Entry.objects.count() == rows
    assert "alice: 99 points, should be 2, 0 entries missing, 1 to be taken back" in rebuild()
    assert total(alice) == 2
    assert rebuild(check=True) == "All is right.\n"


def test_what_the_minute_missed_is_found_in_the_night(alice: User, post: Post) -> None:
    keep_up()
    held = Post.objects.create(author=alice, content="x", content_html="<p>x</p>", withheld=Withheld.HELD)
    for _turn in range(3):  # until it is none of the newest rows any more
        keep_up()
    Post.objects.filter(pk=held.pk).update(withheld="")
    assert keep_up() == 0
    assert compare() == 1
    assert total(alice) == 4


def test_what_is_counted_by_itself_is_what_counting_everything_finds(
    alice: User, bob: User, make_user: MakeUser
) -> None:
    """Days with more than counts, things taken back, acts that are older than those before them."""
    dice = random.Random(5)
    people = [alice, bob, make_user("dora")]
    start = timezone.now() - timedelta(days=3)
    for _turn in range(12):
        for _act in range(dice.randrange(12)):
            somebody, at = dice.choice(people), start + timedelta(minutes=dice.randrange(3 * 24 * 60))
            posts = list(Post.objects.order_by("pk"))
            written = {"author": somebody, "content": "x", "content_html": "x", "created_at": at}
            if not posts or dice.random() < 0.3:
                Post.objects.create(**written)
            elif dice.random() < 0.4:
                Comment.objects.create(post=dice.choice(posts), **written)
            elif dice.random() < 0.1:
                dice.choice(posts).delete()
            else:
                liked = {"post": dice.choice(posts), "user": somebody}
                PostReaction.objects.get_or_create(**liked, defaults={"created_at": at})
        keep_up()
        wrong = {person.username: str(found) for person in people if (found := difference(person))}
        assert wrong == {}


def test_a_badge_is_told_once_and_taken_back_with_what_earned_it(alice: User, post: Post) -> None:
    keep_up()
    pipeline.drain()
    [row] = Notification.objects.of(alice).filter(kind="BADGE")
    assert Award.objects.get().badge == "first_post"
    actions.delete_post(alice, post)
    keep_up()
    assert not Notification.objects.filter(pk=row.pk).exists()
    assert not Award.objects.exists()
    actions.create_post(alice, "Once more.")
    keep_up()
    pipeline.drain()
    assert Notification.objects.of(alice).filter(kind="BADGE").count() == 1
    assert Event.objects.filter(kind="BADGE").count() == 1


def test_badges_that_come_together_are_one_notification(
    alice: User, make_user: MakeUser, api: Callable[[User], APIClient]
) -> None:
    actions.create_post(alice, "Hello.")
    for name in ("dora", "emil", "fritz"):
        actions.comment(alice, actions.create_post(make_user(name), "I am new."), "Welcome!")
    keep_up()
    pipeline.drain()
    assert Notification.objects.of(alice).filter(kind="BADGE").count() == 1
    shown = api(alice).get("/api/notifications?type=BADGE").json()["notifications"]
    assert [one["title"] for one in shown] == ["You earned a badge: “First words, Welcoming”"]


def test_what_was_earned_long_ago_and_what_is_rebuilt_is_told_to_nobody(alice: User, bob: User) -> None:
    actions.create_post(alice, "x")
    Post.objects.update(created_at=timezone.now() - timedelta(days=5))
    actions.create_post(bob, "x")
    reconcile(alice)
    rebuild()
    assert Award.objects.count() == 2
    assert not Event.objects.filter(kind="BADGE").exists()


def die(*args: object, **options: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.both_databases
def test_a_kill_in_the_middle_loses_and_doubles_nothing(
    alice: User, bob: User, chloe: User, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who, where in ((bob, "reconciling"), (chloe, "counting")):  # everything, and what is new alone
        actions.react(who, post)
        rows = Entry.objects.count()
        with monkeypatch.context() as patched:
            patched.setattr(f"reputation.{where}.award", die)  # the last of what is written
            with pytest.raises(KeyboardInterrupt):
                keep_up()
        assert Entry.objects.count() == rows
        keep_up()
    assert total(alice) == 4


def test_acting_and_draining_ask_and_write_nothing_of_it(alice: User, bob: User, post: Post) -> None:
    touched: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "reputation_" in sql:
            touched.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        actions.react(bob, post)
        actions.unreact(bob, post)
        actions.delete_comment(bob, actions.comment(bob, post, "x"))
        actions.create_post(alice, "x")
        pipeline.drain()
    assert touched == []


def test_what_is_new_costs_the_same_however_much_somebody_has_by_then(
    alice: User,
    bob: User,
    post: Post,
    make_user: MakeUser,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    keep_up()
    actions.react(bob, post)
    few = count_queries(keep_up)
    for number in range(4):
        actions.react(make_user(f"p{number}"), post)
    assert count_queries(keep_up) <= few
    assert total(alice) == 2 + 5
