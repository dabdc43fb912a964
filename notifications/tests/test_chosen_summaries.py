"""Mail once an hour, a day or a week: what joins it, what it tells, and what a change of mind does."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from accounts.models import User
from community import actions
from community.models import Post
from conftest import MakeUser
from notifications.inbox import actions as inbox
from notifications.models import (
    Delivery,
    NotificationPreference,
    QuietHours,
)
from notifications.outgoing import joining, recording, summaries
from notifications.steering.cadencing import set_summary_times
from notifications.upkeep.audit import audit

from .summary_scene import DAY, HOUR, NOON, At, berlin, often, send, text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def waiting() -> list[tuple[str, datetime]]:
    """The summaries that are not on their way: how often, and when."""
    rows = Delivery.objects.filter(event_id=None, state="pending").order_by("due_at")
    return [(row.cadence, row.due_at) for row in rows if Delivery.objects.members(row).exists()]


def is_sound() -> bool:
    return [str(check.promise) for check, count in audit() if count] == []


def test_a_day_is_told_at_eight_the_next_morning(
    at: At, ana: User, hers: Post, bob: User, chloe: User
) -> None:
    other = actions.create_post(ana, "…", title="Seedlings")
    actions.comment(bob, hers, "I bring two.")
    actions.comment(chloe, hers, "And I the cake.")
    actions.react(bob, other)
    assert mail.outbox == []
    assert set(Delivery.objects.exclude(event_id=None).values_list("state", "reason")) == {
        ("held", "summary")
    }
    assert waiting() == [("daily", berlin(4, 8))]

    at(berlin(4, 8) - timedelta(seconds=1))
    assert mail.outbox == []
    at(berlin(4, 8))
    [message] = mail.outbox
    assert message.subject == "Bob liked “Seedlings”, and 2 more"
    text = text_of()
    assert text.startswith("Your day\n3 things since Wednesday, 8:00 AM.")
    assert text.index("And I the cake.") < text.index("I bring two.")
    assert text.count("“Repair evening”") == 1, "said once, and then only who it was"
    assert set(Delivery.objects.exclude(event_id=None).values_list("state", "reason")) == {
        ("skipped", "summary")
    }
    assert is_sound()


def test_each_day_by_itself_and_nothing_twice(at: At, ana: User, hers: Post, bob: User) -> None:
    for day in (3, 4, 6):
        at(berlin(day, 14))
        actions.comment(bob, hers, f"On day {day}")
    at(berlin(9, 14))
    assert [(text.count("On day"), text.split("On day ")[1][0]) for text in map(text_of, range(3))] == [
        (1, "3"),
        (1, "4"),
        (1, "6"),
    ]
    assert len(mail.outbox) == 3


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", date(2026, 3, 27)),
        ("Australia/Lord_Howe", date(2026, 4, 3)),  # half an hour comes twice
        ("America/Havana", date(2026, 3, 6)),  # there is no midnight
    ],
)
def test_the_hour_is_the_one_on_the_wall_when_the_clocks_change(
    zone: str, day: date, at: At, make_user: MakeUser, bob: User
) -> None:
    person, wall = make_user("mira", time_zone=zone), ZoneInfo(zone)
    often(person, "daily")
    post = actions.create_post(person, "…")
    for number in range(3):
        at(datetime.combine(day + number * DAY, time(12), wall).astimezone(UTC))
        actions.comment(bob, post, f"Number {number}")
        morning = datetime.combine(day + (number + 1) * DAY, time(8), wall).astimezone(UTC)
        at(morning - timedelta(seconds=1))
        assert len(mail.outbox) == number
        at(morning)
        assert len(mail.outbox) == number + 1


def test_what_calls_her_by_name_comes_at_once(at: At, ana: User, hers: Post, bob: User) -> None:
    actions.comment(bob, hers, "@ana, where is the key?")
    assert [message.subject for message in mail.outbox] == ["Bob mentioned you in “Repair evening”"]
    at(berlin(9, 8))
    assert len(mail.outbox) == 1


def test_a_week_is_told_on_monday_with_what_is_days_old(at: At, ana: User, hers: Post, bob: User) -> None:
    often(ana, "weekly")
    actions.react(bob, hers)  # a mail of its own would be too late after a day
    at(berlin(5, 12))
    actions.comment(bob, hers, "I bring two.")
    at(berlin(8, 7))
    assert mail.outbox == []
    at(berlin(8, 8))
    assert text_of().startswith("Your week\n2 things since Monday, June 1.")
    assert "Bob liked" in text_of()


def test_an_hour_is_told_at_the_full_one(at: At, ana: User, hers: Post, bob: User) -> None:
    often(ana, "hourly")
    at(NOON + HOUR / 2)
    actions.comment(bob, hers, "I bring two.")
    at(NOON + HOUR - timedelta(seconds=1))
    assert mail.outbox == []
    at(NOON + HOUR)
    assert text_of().startswith("The last hour\n")


def test_only_what_is_still_news_and_wanted_is_in_it(at: At, ana: User, bob: User, chloe: User) -> None:
    read, undone, gone, muted, wanted = (
        actions.create_post(ana, "…", title=title) for title in ("Read", "Undone", "Gone", "Muted", "Wanted")
    )
    for post in (read, gone, muted, wanted):
        actions.comment(bob, post, "A word")
    actions.react(chloe, undone)
    inbox.mark_thing_read(ana, "post", read.pk)
    actions.unreact(chloe, undone)
    actions.delete_post(ana, gone)
    actions.follow_post(ana, muted, "muted")
    at(berlin(4, 8))
    [message] = mail.outbox
    assert message.subject == "Bob commented on “Wanted”"
    for title in ("Read", "Undone", "Gone", "Muted"):
        assert f"“{title}”" not in text_of()


def test_no_mail_where_nothing_is_left_or_mail_is_off(at: At, ana: User, hers: Post, bob: User) -> None:
    actions.comment(bob, hers, "A word")
    inbox.mark_all_read(ana)
    at(berlin(4, 8))
    actions.comment(bob, hers, "Another")
    NotificationPreference.objects.filter(user=ana).update(email_enabled=False)
    at(berlin(5, 8))
    assert mail.outbox == []
    assert set(Delivery.objects.filter(event_id=None).values_list("reason", flat=True)) == {"empty"}
    assert set(Delivery.objects.exclude(event_id=None).values_list("reason", flat=True)) == {
        "read",
        "opted_out",
    }


def test_what_needs_her_comes_first(at: At, ana: User, hers: Post, bob: User) -> None:
    """Called by name when mail came once a day for everything: a rule of an earlier version kept it."""
    actions.comment(bob, hers, "@ana?")
    other = actions.create_post(ana, "…", title="Later")
    at(NOON + HOUR)
    actions.comment(bob, other, "A word")
    mail.outbox.clear()
    summary = Delivery.objects.get(event_id=None)
    Delivery.objects.filter(state="sent").update(state="held", summary_id=summary.pk)
    at(berlin(4, 8))
    assert mail.outbox[0].subject == "Bob mentioned you in “Repair evening”, and 1 more"
    assert "Needs you: Bob mentioned you" in text_of()


def test_quiet_hours_shift_it_to_their_end(at: At, ana: User, hers: Post, bob: User) -> None:
    QuietHours.objects.create(user=ana, is_on=True, starts=time(22), ends=time(9, 30))
    actions.comment(bob, hers, "A word")
    at(berlin(4, 8))
    assert mail.outbox == []
    assert Delivery.objects.get(event_id=None).reason == "quiet"
    at(berlin(4, 9) + HOUR / 2)
    assert len(mail.outbox) == 1
    assert text_of().startswith("Your day")


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({"hour": 18}, berlin(3, 18)),
        ({"hour": 7}, berlin(4, 7)),
        ({"weekday": 4}, berlin(4, 8)),
    ],
)
def test_another_hour_moves_what_waits(
    changes: dict[str, int], due: datetime, at: At, ana: User, hers: Post, bob: User
) -> None:
    actions.comment(bob, hers, "A word")
    set_summary_times(ana, changes)
    send()
    assert waiting() == [("daily", due)]
    at(due)
    at(berlin(9, 14))
    assert len(mail.outbox) == 1


def test_another_zone_moves_what_waits(at: At, ana: User, hers: Post, bob: User) -> None:
    actions.comment(bob, hers, "A word")
    ana.time_zone = "Pacific/Auckland"
    ana.save()
    send()
    assert waiting() == [("daily", datetime(2026, 6, 3, 20, tzinfo=UTC))]


def test_a_change_of_mind_loses_nothing_and_repeats_nothing(at: At, ana: User, hers: Post, bob: User) -> None:
    actions.comment(bob, hers, "Word One")
    actions.comment(bob, hers, "Word Two")
    often(ana, "weekly")
    send()
    assert waiting() == [("weekly", berlin(8, 8))]
    often(ana, "hourly")
    send()
    assert waiting() == [("hourly", NOON + HOUR)]
    often(ana, "instant")
    send()
    assert len(mail.outbox) == 1, "all of it at once, and as one"
    assert text_of().startswith("Meanwhile")
    actions.comment(bob, hers, "Word Three")
    assert len(mail.outbox) == 2
    often(ana, "weekly")
    actions.comment(bob, hers, "Word Four")
    at(berlin(20, 8))
    assert len(mail.outbox) == 3
    said = [re.findall("Word ([A-Z][a-z]+)", text_of(number)) for number in range(3)]
    assert said == [["Two", "One"], ["Three"], ["Four"]]
    assert is_sound()


def test_whoever_chose_it_by_another_way_is_obeyed_when_it_leaves(
    at: At, ana: User, hers: Post, bob: User
) -> None:
    """What waits to be read, and for quiet hours to end, when somebody else writes the choice."""
    often(ana, "instant")
    QuietHours.objects.create(user=ana, is_on=True, starts=time(13), ends=time(15))
    actions.comment(bob, hers, "A word")
    assert set(Delivery.objects.exclude(event_id=None).values_list("reason", flat=True)) == {"quiet"}
    NotificationPreference.objects.filter(user=ana).update(email_frequency="weekly")
    at(berlin(3, 15))
    assert mail.outbox == []
    assert waiting() == [("weekly", berlin(8, 8))]
    at(berlin(8, 8))
    assert len(mail.outbox) == 1


def test_one_that_is_on_its_way_takes_nobody_in(at: At, ana: User, hers: Post, bob: User) -> None:
    actions.comment(bob, hers, "One")
    summary = Delivery.objects.get(event_id=None)
    assert recording.begin(summary, "elsewhere", summaries.gather(summary))
    actions.comment(bob, hers, "Two")
    [one] = Delivery.objects.filter(state="held")
    assert waiting() == [("daily", berlin(5, 8))]
    assert one.summary_id != summary.pk


def test_what_comes_while_it_is_written_waits_for_the_next(at: At, ana: User, hers: Post, bob: User) -> None:
    actions.comment(bob, hers, "One")
    summary = Delivery.objects.get(event_id=None)
    gathered = summaries.gather(summary)
    actions.comment(bob, hers, "Two")
    assert recording.begin(summary, "elsewhere", gathered)
    send()
    assert waiting() == [("daily", berlin(5, 8))]
    assert mail.outbox == []


def test_one_bad_thing_stops_itself_only(
    at: At, ana: User, hers: Post, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> None:
        raise ZeroDivisionError

    actions.comment(bob, hers, "One")
    monkeypatch.setattr("notifications.channels.email.EmailChannel.compose_summary", fails)
    at(berlin(4, 8))
    assert [message.subject for message in mail.outbox] == ["Bob commented on “Repair evening”"]
    assert waiting() == []


def test_joining_takes_as_many_statements_for_one_as_for_many(
    at: At, make_user: MakeUser, bob: User, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def joined_by(count: int) -> int:
        people = [make_user(f"m{count}-{n}", time_zone="Asia/Kathmandu") for n in range(count)]
        for person in people:
            often(person, "weekly" if person.pk % 2 else "daily")
            post = actions.create_post(person, "…")
            actions.comment(bob, post, "A word")
            actions.comment(bob, post, "Another")
        mine = Delivery.objects.filter(recipient__in=people)
        summaries.release(mine.filter(state="held"), Delivery.Reason.SUMMARY)
        ids = list(mine.filter(reason="summary").values_list("pk", flat=True))
        queries = count_queries(lambda: joining.join_chosen(ids, NOON))
        assert mine.filter(state="held").count() == 2 * count
        return queries

    assert joined_by(2) == joined_by(5) <= 12
