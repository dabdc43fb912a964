"""What would have reached me last week: counted from real events, by what is chosen now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from community import actions
from community.models import Group, Post
from conftest import MakeUser
from notifications.inbox import actions as inbox
from notifications.kinds import Fact
from notifications.models import Event, Notification, Preset, QuietHours, Rule
from notifications.models.quiet import EVERY_DAY
from notifications.steering.preferences import Choice, Choices
from notifications.steering.preview import (
    MOST,
    Tally,
    Week,
    preview,
)

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)
NIGHT = datetime(2026, 6, 3, 23, tzinfo=UTC)
AWAKE = QuietHours()
ASLEEP = QuietHours(is_on=True, starts=time(22), ends=time(7), days=EVERY_DAY)
IN_DATABASE = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def fact(number: int, kind: str = "COMMENT", at: datetime = NOON, group_key: str = "") -> Fact:
    key = group_key or f"{kind}:post.{number}"
    return Fact(number, kind, 1, 2, "post", number, number, key, at + timedelta(minutes=number), 7)


@pytest.mark.parametrize(
    ("facts", "chosen", "hours", "expected"),
    [
        ([], Choices(), AWAKE, Tally(0, 0, 0)),
        ([fact(1), fact(2)], Choices(), AWAKE, Tally(2, 2, 0)),
        ([fact(1, group_key="x"), fact(2, group_key="x")], Choices(), AWAKE, Tally(1, 2, 0)),
        ([fact(1, "LIKE", group_key="x"), fact(2, "LIKE", group_key="x")], Choices(), AWAKE, Tally(1, 1, 0)),
        ([fact(1, "BOOKMARK")], Choices(), AWAKE, Tally(1, 0, 0)),
        ([fact(1), fact(2, at=NIGHT)], Choices(), ASLEEP, Tally(2, 1, 1)),
        ([fact(1, "MENTION", NIGHT)], Choices(), ASLEEP, Tally(1, 1, 0)),
        ([fact(1)], Choices(category=Choice("daily", True, True)), AWAKE, Tally(1, 0, 1)),
        ([fact(1)], Choices(thread=Choice("muted")), AWAKE, Tally(0, 0, 0)),
        ([fact(1)], Choices(blocked=True), AWAKE, Tally(0, 0, 0)),
        ([fact(1)], Choices(kind=Choice("", None, False)), AWAKE, Tally(1, 0, 0)),
    ],
)
def test_each_fact_is_decided_by_the_one_resolver(
    facts: list[Fact], chosen: Choices, hours: QuietHours, expected: Tally
) -> None:
    week = Week(facts, dict.fromkeys((one.id for one in facts), chosen), hours, ZoneInfo("UTC"), {})
    assert week.count().total == expected


def test_urgent_things_wait_where_the_person_wants_that() -> None:
    hours = QuietHours(is_on=True, urgent_gets_through=False)
    week = Week([fact(1, "MENTION", NIGHT)], {1: Choices()}, hours, ZoneInfo("UTC"), {})
    counted = week.count()
    assert (counted.total, len(counted.nights)) == (Tally(1, 0, 1), 1)


def test_a_preset_is_counted_as_if_it_had_just_been_chosen() -> None:
    off = Choices(kind=Choice("", False, False), category=Choice("instant", False, False))
    facts = [fact(1), fact(2, "BOOKMARK"), fact(3, "MENTION"), fact(4, "GROUP_POST")]
    week = Week(facts, {one.id: replace(off) for one in facts}, AWAKE, ZoneInfo("UTC"), {})
    assert week.count().total == Tally(0, 0, 0)
    assert week.count(Preset.QUIET).total == Tally(2, 1, 0)
    assert week.count(Preset.NORMAL).total == Tally(4, 2, 0)
    assert week.count(Preset.EVERYTHING).total == Tally(4, 3, 0)


class TestOfRealEvents:
    pytestmark = IN_DATABASE

    def test_it_counts_what_came_by_kind_and_group(
        self, post: Post, group: Group, alice: User, bob: User, chloe: User
    ) -> None:
        actions.comment(bob, post, "One")
        actions.comment(chloe, post, "Two")
        actions.react(bob, post)
        actions.create_post(bob, "In the group", group=group)
        found = preview(alice)
        by_kind = {kind.type: tally for kind, tally in found.kinds}
        assert by_kind["COMMENT"] == Tally(1, 2, 0)
        assert by_kind["LIKE"] == Tally(1, 1, 0)
        assert by_kind["GROUP_POST"] == Tally(1, 0, 0)
        names = {thing.name if thing else "": tally for thing, tally in found.places}
        assert names["Tenants of number nine"].in_app >= 1

    def test_what_a_choice_kept_out_would_come_without_it(
        self, post: Post, group: Group, alice: User, bob: User
    ) -> None:
        Rule.objects.create(user=alice, scope="kind", type="COMMENT", in_app=False, email=False)
        Rule.objects.create(user=alice, scope="place", place_id=group.pk, level="muted")
        actions.comment(bob, post, "One")
        actions.create_post(bob, "In the group", group=group)
        before = {kind.type for kind, _tally in preview(alice).kinds}
        assert not before & {"COMMENT", "GROUP_POST"}
        Rule.objects.all().delete()
        after = {kind.type for kind, _tally in preview(alice).kinds}
        assert after >= {"COMMENT", "GROUP_POST"}

    def test_what_was_read_done_or_undone(self, post: Post, alice: User, bob: User, chloe: User) -> None:
        actions.comment(bob, post, "One")
        actions.react(chloe, post)
        actions.unreact(chloe, post)
        inbox.mark_all_read(alice)
        Notification.objects.of(alice).update(done_at=timezone.now())
        assert [kind.type for kind, _tally in preview(alice).kinds] == ["COMMENT"]

    def test_last_week_is_seven_days(self, post: Post, alice: User, bob: User) -> None:
        actions.comment(bob, post, "One")
        assert preview(alice).kinds
        assert not preview(alice, timezone.now() + timedelta(days=8)).kinds

    def test_it_writes_nothing_and_takes_as_many_queries_for_one_as_for_many(
        self, alice: User, make_user: MakeUser
    ) -> None:
        counts = []
        for size in (1, 12):
            for n in range(size):
                person, own = make_user(f"p{size}-{n}"), actions.create_post(alice, f"Mine {size} {n}")
                actions.comment(person, own, f"Hello {n}")
                actions.react(person, own)
            with CaptureQueriesContext(connection) as captured:
                found = preview(alice)
            assert found.now.total.in_app >= 2 * size
            assert not [
                q for q in captured.captured_queries if not q["sql"].lstrip().startswith(("SELECT", "WITH"))
            ]
            counts.append(len(captured))
        assert counts[0] == counts[1] <= 9

    def test_a_loud_week_is_cut_to_its_latest(
        self, post: Post, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert MOST >= 1000
        monkeypatch.setattr("notifications.steering.preview.MOST", 2)
        for n in range(4):
            actions.comment(bob, post, f"Number {n}")
        found = preview(alice)
        assert found.is_capped
        assert found.now.total.mails == 2

    def test_the_page_shows_it(
        self, post: Post, alice: User, bob: User, browse: Callable[[User], object]
    ) -> None:
        actions.comment(bob, post, "One")
        html = browse(alice).get("/notifications/preferences/").content.decode()  # type: ignore[attr-defined]
        assert "<b>1</b> mail at once" in html
        assert "With the preset “Everything”" in html
        assert Event.objects.filter(kind="COMMENT").count() == 1
