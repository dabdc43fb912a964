"""The resolver, as a table."""

import pytest

from accounts.kinds import SIGNED_IN, SIGNED_UP
from announcements.kind import ANNOUNCED
from community.engagement import BOOKMARKED, COMMENTED, LIKED, MENTIONED, POSTED_IN_GROUP
from notifications.kinds import Kind
from notifications.models import DecidedBy, Delivery, Event
from notifications.steering.preferences import Choice, Choices, decide

Outcome, Mail, By = Event.Outcome, Event.Mail, DecidedBy
ON, OFF, MAIL_ON, MAIL_OFF = (
    Choice("", True),
    Choice("", False),
    Choice("", None, True),
    Choice("", None, False),
)
WATCHING, NORMAL, MUTED = Choice("watching"), Choice("normal"), Choice("muted")
ALL_ON = Choice("instant", True, True)  # what a stored row of a category says by itself


def category(in_app: bool = True, email: bool = True, frequency: str = "instant") -> Choice:
    return Choice(frequency, in_app, email)


NO_MAIL = category(email=False)


@pytest.mark.parametrize(
    ("kind", "chosen", "in_app", "in_app_by", "mail", "mail_by"),
    [
        # Nothing chosen, and what only a category says.
        (LIKED, Choices(), True, By.DEFAULT, Mail.QUEUED, By.DEFAULT),
        (LIKED, Choices(category=ALL_ON), True, By.DEFAULT, Mail.QUEUED, By.DEFAULT),
        (LIKED, Choices(category=NO_MAIL), True, By.DEFAULT, Mail.OPTED_OUT, By.CATEGORY),
        (LIKED, Choices(category=category(in_app=False)), False, By.CATEGORY, Mail.QUEUED, By.DEFAULT),
        (LIKED, Choices(category=category(frequency="daily")), True, By.DEFAULT, Mail.SUMMARY, By.CATEGORY),
        (
            LIKED,
            Choices(category=category(email=False, frequency="daily")),
            True, By.DEFAULT, Mail.OPTED_OUT, By.CATEGORY,
        ),
        (BOOKMARKED, Choices(), True, By.DEFAULT, None, By.DEFAULT),
        (BOOKMARKED, Choices(category=category(in_app=False)), False, By.CATEGORY, None, By.DEFAULT),
        (POSTED_IN_GROUP, Choices(), True, By.DEFAULT, Mail.NOT_ASKED, By.DEFAULT),
        (POSTED_IN_GROUP, Choices(category=ALL_ON), True, By.DEFAULT, Mail.NOT_ASKED, By.DEFAULT),
        # Most specific first, whether it says yes or no.
        (LIKED, Choices(kind=OFF), False, By.KIND, Mail.QUEUED, By.DEFAULT),
        (LIKED, Choices(kind=MAIL_OFF), True, By.DEFAULT, Mail.OPTED_OUT, By.KIND),
        (LIKED, Choices(kind=MAIL_ON, category=NO_MAIL), True, By.DEFAULT, Mail.QUEUED, By.KIND),
        (LIKED, Choices(kind=ON, category=category(in_app=False)), True, By.KIND, Mail.QUEUED, By.DEFAULT),
        (LIKED, Choices(place=OFF, kind=ON), False, By.PLACE, Mail.QUEUED, By.DEFAULT),
        (LIKED, Choices(thread=ON, place=OFF, kind=OFF), True, By.THREAD, Mail.QUEUED, By.DEFAULT),
        (LIKED, Choices(thread=MAIL_OFF, kind=MAIL_ON), True, By.DEFAULT, Mail.OPTED_OUT, By.THREAD),
        (
            POSTED_IN_GROUP,
            Choices(kind=MAIL_ON, category=category(frequency="weekly")),
            True, By.DEFAULT, Mail.SUMMARY, By.CATEGORY,
        ),
        # Levels.
        (MENTIONED, Choices(place=MUTED), False, By.PLACE, Mail.MUTED, By.PLACE),
        (MENTIONED, Choices(thread=MUTED, place=WATCHING), False, By.THREAD, Mail.MUTED, By.THREAD),
        (MENTIONED, Choices(thread=NORMAL, place=MUTED), True, By.DEFAULT, Mail.QUEUED, By.DEFAULT),
        (MENTIONED, Choices(place=MUTED, kind=Choice("", True, True)), False, By.PLACE, Mail.MUTED, By.PLACE),
        (BOOKMARKED, Choices(place=MUTED), False, By.PLACE, None, By.PLACE),
        (POSTED_IN_GROUP, Choices(place=WATCHING), True, By.WATCHED_PLACE, Mail.QUEUED, By.WATCHED_PLACE),
        (
            POSTED_IN_GROUP,
            Choices(place=WATCHING, preset="quiet"),
            True, By.WATCHED_PLACE, Mail.QUEUED, By.WATCHED_PLACE,
        ),
        (
            POSTED_IN_GROUP,
            Choices(place=WATCHING, category=NO_MAIL),
            True, By.WATCHED_PLACE, Mail.OPTED_OUT, By.CATEGORY,
        ),
        (
            POSTED_IN_GROUP,
            Choices(place=WATCHING, kind=OFF),
            False, By.KIND, Mail.QUEUED, By.WATCHED_PLACE,
        ),
        (LIKED, Choices(place=WATCHING, kind=OFF), False, By.KIND, Mail.QUEUED, By.DEFAULT),
        # Presets.
        (MENTIONED, Choices(preset="quiet"), True, By.PRESET, Mail.QUEUED, By.PRESET),
        (LIKED, Choices(preset="quiet"), True, By.PRESET, Mail.OPTED_OUT, By.PRESET),
        (POSTED_IN_GROUP, Choices(preset="quiet"), False, By.PRESET, Mail.OPTED_OUT, By.PRESET),
        (LIKED, Choices(preset="quiet", kind=MAIL_ON), True, By.PRESET, Mail.QUEUED, By.KIND),
        (POSTED_IN_GROUP, Choices(preset="everything"), True, By.DEFAULT, Mail.QUEUED, By.PRESET),
        (
            POSTED_IN_GROUP,
            Choices(preset="everything", category=NO_MAIL),
            True, By.DEFAULT, Mail.OPTED_OUT, By.CATEGORY,
        ),
        # Blocks: nothing else is asked.
        (MENTIONED, Choices(blocked=True, thread=WATCHING, kind=ON), False, By.BLOCK, Mail.BLOCKED, By.BLOCK),
        # What is said for the site: neither blocks nor the quiet preset keep it from the inbox.
        (ANNOUNCED, Choices(blocked=True), True, By.DEFAULT, Mail.QUEUED, By.DEFAULT),
        (ANNOUNCED, Choices(preset="quiet"), True, By.DEFAULT, Mail.OPTED_OUT, By.PRESET),
        (ANNOUNCED, Choices(preset="quiet", kind=MAIL_ON), True, By.DEFAULT, Mail.QUEUED, By.KIND),
        (ANNOUNCED, Choices(blocked=True, kind=OFF), False, By.KIND, Mail.QUEUED, By.DEFAULT),
        (ANNOUNCED, Choices(category=category(in_app=False)), False, By.CATEGORY, Mail.QUEUED, By.DEFAULT),
        (ANNOUNCED, Choices(place=MUTED), False, By.PLACE, Mail.MUTED, By.PLACE),
        # What keeps an account safe: its category's switch, and nothing else.
        (SIGNED_UP, Choices(), True, By.DEFAULT, Mail.QUEUED, By.DEFAULT),
        (SIGNED_UP, Choices(category=NO_MAIL), True, By.DEFAULT, Mail.OPTED_OUT, By.CATEGORY),
        (
            SIGNED_UP,
            Choices(kind=OFF, place=MUTED, thread=MUTED, preset="quiet", blocked=True),
            True, By.DEFAULT, Mail.QUEUED, By.DEFAULT,
        ),
        (SIGNED_IN, Choices(), True, By.DEFAULT, None, By.DEFAULT),
    ],
)  # fmt: skip
def test_what_reaches_a_person_is_decided_here(
    kind: Kind,
    chosen: Choices,
    in_app: bool,
    in_app_by: DecidedBy,
    mail: Event.Mail | None,
    mail_by: DecidedBy,
) -> None:
    decision = decide(kind, chosen)

    assert (decision.in_app, decision.in_app_by) == (in_app, in_app_by)
    assert (decision.mail, decision.mail_by) == (mail, mail_by)


@pytest.mark.parametrize(
    ("chosen", "outcome", "mail", "mail_by"),
    [
        (Choices(thread=WATCHING), Outcome.NOTIFIED, Mail.QUEUED, By.WATCHED_THREAD),
        (Choices(place=WATCHING), Outcome.NOTIFIED, Mail.NOT_ASKED, By.WATCHED_PLACE),
        (Choices(thread=WATCHING, place=MUTED), Outcome.NOTIFIED, Mail.QUEUED, By.WATCHED_THREAD),
        (Choices(place=WATCHING, kind=MAIL_ON), Outcome.NOTIFIED, Mail.NOT_ASKED, By.WATCHED_PLACE),
        (Choices(place=Choice("watching", None, True)), Outcome.NOTIFIED, Mail.QUEUED, By.WATCHED_PLACE),
        (Choices(place=WATCHING, kind=MAIL_OFF), Outcome.NOTIFIED, Mail.OPTED_OUT, By.KIND),
        (Choices(thread=WATCHING, preset="quiet"), Outcome.NOTIFIED, Mail.OPTED_OUT, By.PRESET),
        (Choices(thread=WATCHING, kind=OFF), Outcome.OPTED_OUT, Mail.QUEUED, By.WATCHED_THREAD),
        (Choices(), Outcome.UNWATCHED, Mail.UNWATCHED, By.DEFAULT),
        (Choices(thread=NORMAL, place=WATCHING), Outcome.UNWATCHED, Mail.UNWATCHED, By.THREAD),
        (Choices(thread=MUTED, place=WATCHING), Outcome.MUTED, Mail.MUTED, By.THREAD),
        (Choices(thread=WATCHING, blocked=True), Outcome.BLOCKED, Mail.BLOCKED, By.BLOCK),
    ],
)
def test_what_concerns_them_only_because_they_watch_it(
    chosen: Choices, outcome: Event.Outcome, mail: Event.Mail, mail_by: DecidedBy
) -> None:
    decision = decide(COMMENTED, chosen, watched=True)

    assert decision.outcome == outcome
    assert (decision.mail, decision.mail_by) == (mail, mail_by)


def test_every_reason_not_to_mail_has_a_sentence_of_its_own() -> None:
    stopped = set(Mail) - {Mail.QUEUED, Mail.FOLDED}
    assert {mail.value for mail in stopped} <= {reason.value for reason in Delivery.Reason}
    assert all(choice.label for choice in (*Outcome, *Mail, *Delivery.Reason, *By))
