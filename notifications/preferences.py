"""The one place that decides whether and how a kind of notification reaches a person. No queries here."""

from dataclasses import dataclass

from .kinds import Kind
from .models import Event, Frequency, NotificationPreference
from .models.delivery import Channel


@dataclass(frozen=True, slots=True)
class Decision:
    """`mail` is QUEUED, or the reason why not; None where the kind has no mail."""

    in_app: bool
    mail: Event.Mail | None


def decide(kind: Kind, preference: NotificationPreference | None) -> Decision:
    """`preference`: the person's row for the kind's category; None means the defaults, all on."""
    in_app = preference is None or preference.in_app_enabled
    if Channel.EMAIL not in kind.channels:
        return Decision(in_app, None)
    if preference is not None and not preference.email_enabled:
        return Decision(in_app, Event.Mail.OPTED_OUT)
    if preference is not None and preference.email_frequency != Frequency.INSTANT:
        return Decision(in_app, Event.Mail.SUMMARY)
    return Decision(in_app, Event.Mail.QUEUED)
