"""The resolver, as a table."""

from typing import Any

import pytest

from accounts.kinds import SIGNED_IN, SIGNED_UP
from community.engagement import BOOKMARKED, LIKED
from notifications.kinds import Kind
from notifications.models import Event, NotificationPreference
from notifications.preferences import decide

QUEUED, OPTED_OUT, SUMMARY = Event.Mail.QUEUED, Event.Mail.OPTED_OUT, Event.Mail.SUMMARY


@pytest.mark.parametrize(
    ("kind", "chosen", "in_app", "mail"),
    [
        (LIKED, None, True, QUEUED),
        (LIKED, {}, True, QUEUED),
        (LIKED, {"email_enabled": False}, True, OPTED_OUT),
        (LIKED, {"in_app_enabled": False}, False, QUEUED),
        (LIKED, {"in_app_enabled": False, "email_enabled": False}, False, OPTED_OUT),
        (LIKED, {"email_frequency": "daily"}, True, SUMMARY),
        (LIKED, {"email_frequency": "daily", "email_enabled": False}, True, OPTED_OUT),
        (BOOKMARKED, None, True, None),
        (BOOKMARKED, {"in_app_enabled": False}, False, None),
        (SIGNED_UP, None, True, QUEUED),
        (SIGNED_UP, {"email_enabled": False}, True, OPTED_OUT),
        (SIGNED_IN, None, True, None),
    ],
)
def test_what_reaches_a_person_is_decided_here(
    kind: Kind, chosen: dict[str, Any] | None, in_app: bool, mail: Event.Mail | None
) -> None:
    preference = None if chosen is None else NotificationPreference(notification_type=kind.category, **chosen)

    decision = decide(kind, preference)

    assert (decision.in_app, decision.mail) == (in_app, mail)
