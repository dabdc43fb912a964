"""Summaries that are due at the same time leave as one mail, and nothing of them is lost or told twice."""

import re
from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from community import actions
from community.models import Post
from notifications.channels.base import Answer, Result
from notifications.models import Delivery, NotificationPreference, QuietHours
from notifications.outgoing import meeting, recording, summaries
from notifications.upkeep.audit import audit

from .summary_scene import HOUR, At, berlin, often, send, text_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

REASON = "Summaries that are due at the same time come as one."


@pytest.fixture
def night(at: At, ana: User, hers: Post, bob: User) -> None:
    """What she hears of once a day, and what waits for quiet to end; both are due at eight."""
    QuietHours.objects.create(user=ana, is_on=True, starts=time(22), ends=time(8), urgent_gets_through=False)
    actions.comment(bob, hers, "Word One")
    at(berlin(3, 23))
    actions.comment(bob, hers, "@ana, Word Two")


def of_cadence(cadence: str) -> Delivery:
    return Delivery.objects.get(event_id=None, cadence=cadence)


def words(number: int = -1) -> list[str]:
    return sorted(re.findall("Word ([A-Z][a-z]+)", text_of(number)))


def is_sound() -> bool:
    return [str(check.promise) for check, count in audit() if count] == []


def test_what_waited_for_quiet_to_end_comes_with_the_day(
    night: None, at: At, ana: User, hers: Post, bob: User, browse: Callable[[User], Client]
) -> None:
    at(berlin(4, 8) - timedelta(seconds=1))
    assert mail.outbox == []
    at(berlin(4, 8))
    assert len(mail.outbox) == 1
    assert words() == ["One", "Two"]
    assert text_of().startswith("Your day\n2 things since Wednesday, 8:00 AM.")
    assert REASON in text_of().replace("\n", " ")

    ended = Delivery.objects.exclude(event_id=None).values_list("state", "reason", "summary_id")
    daily = of_cadence("daily")
    assert set(ended) == {("skipped", "quiet", daily.pk), ("skipped", "summary", daily.pk)}
    assert (daily.state, of_cadence("quiet").state, of_cadence("quiet").summary_id) == (
        "sent", "skipped", daily.pk,
    )  # fmt: skip
    page = browse(ana).get(f"/notifications/summaries/{daily.pk}/").content.decode()
    assert all(said in page for said in ("Word One", "Word Two", REASON))
    at(berlin(5, 12))
    assert len(mail.outbox) == 1, "nothing twice"
    actions.comment(bob, hers, "Word Three")
    at(berlin(6, 8))
    assert words() == ["Three"]
    assert is_sound()


def test_a_day_and_a_week_that_end_together(at: At, ana: User, hers: Post, bob: User) -> None:
    at(berlin(7, 12))
    actions.comment(bob, hers, "Word One")
    NotificationPreference.objects.filter(user=ana).update(email_frequency="weekly")
    actions.comment(bob, hers, "Word Two")
    at(berlin(8, 8))
    assert len(mail.outbox) == 1
    assert words() == ["One", "Two"]
    assert text_of().startswith("Your week\n")
    assert is_sound()


def test_the_hours_of_a_night_come_as_one(at: At, ana: User, hers: Post, bob: User) -> None:
    often(ana, "hourly")
    QuietHours.objects.create(user=ana, is_on=True, starts=time(22), ends=time(8, 30))
    for number, hours in (("One", 0), ("Two", 2), ("Three", 5)):
        at(berlin(3, 23) + hours * HOUR)
        actions.comment(bob, hers, f"Word {number}")
    at(berlin(4, 8) + HOUR / 2)
    assert len(mail.outbox) == 1
    assert words() == ["One", "Three", "Two"]
    assert text_of().startswith("Meanwhile\n3 things since Wednesday, 11:00 PM.")


def test_one_that_is_not_due_is_left_alone(night: None, at: At, ana: User) -> None:
    often(ana, "weekly")
    at(berlin(4, 8))
    assert words() == ["Two"]
    assert text_of().startswith("While it was quiet")
    at(berlin(8, 8))
    assert words() == ["One"]


def test_one_that_was_gathered_before_is_gathered_anew(night: None, at: At, ana: User) -> None:
    daily, quiet = of_cadence("daily"), of_cadence("quiet")
    gathered = summaries.gather(daily)
    assert meeting.meet(quiet, ana, berlin(4, 8))
    assert recording.begin(daily, "elsewhere", gathered) is None
    at(berlin(4, 8))
    assert len(mail.outbox) == 1
    assert words() == ["One", "Two"]


def test_one_that_was_perhaps_sent_says_no_more_than_it_did(night: None, at: At, ana: User) -> None:
    Delivery.objects.filter(pk=of_cadence("daily").pk).update(handovers=1)
    at(berlin(4, 8))
    assert sorted(map(words, range(len(mail.outbox)))) == [["One"], ["Two"]]


def test_what_a_failed_try_had_taken_comes_too(night: None, at: At, ana: User) -> None:
    """Its server was away: the mail about the night was refused for now, and waits for another try."""
    quiet = of_cadence("quiet")
    attempt = recording.begin(quiet, "elsewhere", summaries.gather(quiet))
    assert attempt is not None
    recording.end(quiet, attempt, Answer(Result.LATER, "451 later"))
    at(berlin(4, 8))
    at(berlin(4, 12))
    assert len(mail.outbox) == 1
    assert words() == ["One", "Two"]
    assert is_sound()


def test_a_kill_between_leaves_both_as_they_were(
    night: None, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(meeting, "reach", dies)
        with pytest.raises(KeyboardInterrupt):
            at(berlin(4, 8))
    assert {of_cadence("daily").state, of_cadence("quiet").state} == {"pending"}
    send()
    assert len(mail.outbox) == 1
    assert words() == ["One", "Two"]
