"""What a message waits for before it leaves: stored with it as its reason until then."""

from datetime import datetime, timedelta

from ..channels.base import Channel
from ..kinds import Kind
from ..models import Delivery, Event

LEAVING = (Event.Mail.QUEUED, Event.Mail.SUMMARY)
"""The decisions of which a message is made: for now, or for the summary that its person chose."""


def waits_for(channel: type[Channel], kind: Kind, how: Event.Mail | None) -> str:
    if how == Event.Mail.SUMMARY:
        return Delivery.Reason.SUMMARY
    return "" if kind.is_urgent or not channel.delay_seconds() else Delivery.Reason.UNREAD


def read_by(channel: type[Channel], now: datetime) -> datetime:
    """Until when reading it in the app cancels a message that waits for that."""
    return now + timedelta(seconds=channel.delay_seconds())
