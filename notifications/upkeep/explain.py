"""What became of a fact, and why it did or did not reach somebody: for an operator, in sentences.

Decides nothing. It reads what was stored when it was decided, and where nothing is stored (an audience)
asks the same questions again, as of now.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import kinds
from ..bouncing import suppressing
from ..kinds import Kind
from ..models import (
    Bounce,
    DecidedBy,
    Delivery,
    Event,
    Notification,
    NotificationPreference,
    Switch,
)
from ..outgoing.recheck import fact_of
from ..outgoing.summaries import quiet_for
from ..steering.cadencing import next_summaries, summary_times_of
from ..steering.choices import choices_of
from ..steering.preferences import Decision, decide
from .deeds import by_delivery


class InApp(TextChoices):
    """Why it is, or is not, in this person's inbox."""

    UNREAD = "unread", _("It is in the inbox, unread.")
    READ = "read", _("It is in the inbox, and was read.")
    DONE = "done", _("It is out of the inbox: this person is done with it.")
    ASLEEP = "asleep", _("It is out of the inbox for a while: this person snoozed it.")
    DELETED = "deleted", _("It was in the inbox until this person deleted it.")
    NOT_KEPT = (
        "not_kept",
        _("It was in the inbox; the row was deleted by this person and is not kept any more."),
    )
    WAITING = "waiting", _("Not yet: the event waits for its turn, or for its next try.")
    ENDED = "ended", _("No: the event ended before it came to the inbox.")
    OWN_ACT = "own_act", _("No: it is this person’s own act, and nobody is told of their own.")
    FOR_ANOTHER = "for_another", _("No: this event is for another person alone.")
    ELSEWHERE = "elsewhere", _("Not by this event: a stronger reason told this person of the same.")
    INACTIVE = "inactive", _("No: the account of this person is not active.")
    MAILING = "mailing", _("No: it goes to addresses by mail, and is in no inbox.")
    NOT_IN_AUDIENCE = "not_in_audience", _("No: this person is not in the audience.")
    OPTED_OUT = "opted_out", _("No: this person switched it off in the app.")
    MUTED = "muted", _("No: this person muted the group or the post.")
    BLOCKED = "blocked", _("No: this person blocked whoever did it.")
    CAME_LATER = (
        "came_later",
        _("No: this person came to the audience after it was told, or has no row of it any more."),
    )


class ByMail(TextChoices):
    """Why a mail was, or was not, made for this person."""

    DELIVERY = "delivery", _("There is a mail; see what became of it below.")
    NO_MAIL_KIND = "no_mail_kind", _("No: this kind is shown in the app only.")
    DECIDED = "decided", _("No, and the event says why.")
    NO_COPY = "no_copy", _("No: no copy of it was made for this person.")
    NOT_TOLD = "not_told", _("No: mail follows the decision above.")


@dataclass(frozen=True, slots=True)
class Reach:
    """Of one event and one person."""

    person: Any
    in_app: InApp
    by_mail: ByMail
    row: Notification | None
    delivery: Delivery | None  # the mail
    others: list[Delivery]  # by other channels
    elsewhere: Event | None  # the same fact, told for another reason
    in_app_by: DecidedBy | None  # the rule that said so; None where it came to no decision
    mail_by: DecidedBy | None
    summary: Delivery | None  # the one that the mail waits for, or was told in
    now: Decision | None  # what would be decided if it happened now
    now_refused: Event.Outcome | None  # why it would not be told if it happened now, whatever is decided
    quiet_until: datetime | None  # until when a mail would wait now
    summary_at: datetime | None  # when the summary would leave that a mail would join now
    is_urgent: bool  # a mail of it waits for nobody to read it
    bounces: list[Bounce]  # what came back of its mail
    deeds: dict[int, list[LogEntry]]  # delivery → what staff did to it by hand
    now_stopped: Delivery.Reason | None  # why no mail of it would go to this person's address now


def rows_of(event: Event) -> QuerySet[Notification]:
    """The rows that it opened, and the one that it was folded into."""
    return Notification.objects.filter(Q(event_id=event.pk) | Q(pk=event.notification_id))


def reach(event: Event, person: Any) -> Reach:
    kind = kinds.get(event.kind)
    row = rows_of(event).filter(recipient=person).first()
    deliveries = Delivery.objects.filter(event_id=event.pk, recipient=person).prefetch_related("tries")
    delivery = next((one for one in deliveries if one.channel == "email" or one.address), None)
    elsewhere = _told_elsewhere(event, person)
    now = None
    if kind is not None and not kind.is_mailing:  # of a mailing nothing is decided by what people chose
        now = decide(kind, choices_of([person.pk], event, kind)[person.pk], watched=event.watched)
    summary, trouble = _summary_of(delivery), suppressing.trouble_of(person.email)
    mails = [one.pk for one in (delivery, summary) if one is not None]
    others = [one for one in deliveries if one is not delivery]
    in_app = _in_app(event, kind, person, row, elsewhere, now)
    in_app_by, mail_by = _decided_by(event, person, row, delivery, in_app, now)
    return Reach(
        person=person,
        in_app=in_app,
        by_mail=_by_mail(event, kind, person, delivery),
        row=row,
        delivery=delivery,
        others=others,
        elsewhere=elsewhere,
        in_app_by=in_app_by,
        mail_by=mail_by,
        summary=summary,
        now=now,
        now_refused=kind.refusals([fact_of(event, person.pk)]).get(event.pk) if kind else None,
        quiet_until=_quiet_until(kind, person),
        summary_at=_summary_at(kind, person, now),
        is_urgent=bool(kind and kind.is_urgent),
        bounces=list(Bounce.objects.filter(delivery_id__in=mails).order_by("pk")),
        deeds=by_delivery([*mails, *(one.pk for one in others)]),
        now_stopped=suppressing.refusal(trouble.row.stops, kind) if trouble and kind else None,
    )


def find_person(text: str) -> Any:
    """By username or address, as an operator types it."""
    model = get_user_model()
    match = Q(**{f"{model.USERNAME_FIELD}__iexact": text}) | Q(
        **{f"{model.get_email_field_name()}__iexact": text}
    )
    return model.objects.filter(match).first() if text else None


def _in_app(
    event: Event,
    kind: Kind | None,
    person: Any,
    row: Notification | None,
    elsewhere: Event | None,
    now: Decision | None,
) -> InApp:
    if kind is not None and kind.is_mailing:
        return InApp.MAILING
    if row is not None:
        return _standing(row)
    if event.recipient_id == person.pk:
        return _ended(event) or InApp.NOT_KEPT
    if event.actor_id == person.pk and not (kind and kind.notifies_actor):
        return InApp.OWN_ACT
    if elsewhere is not None:
        return InApp.ELSEWHERE
    if event.recipient_id is not None:
        return InApp.FOR_ANOTHER
    return _in_audience(event, kind, person, now)


def _standing(row: Notification) -> InApp:
    """Where its owner finds it now. That it was saved is told beside it."""
    if row.deleted_at:
        return InApp.DELETED
    if row.done_at:
        return InApp.DONE
    if row.snoozed_until:
        return InApp.ASLEEP
    return InApp.READ if row.read_at else InApp.UNREAD


def _ended(event: Event) -> InApp | None:
    """None where it came as far as the inbox."""
    if event.state == Event.State.PENDING:
        return InApp.WAITING
    told = event.outcome in (Event.Outcome.NOTIFIED, Event.Outcome.EXPANDED)
    return None if told else InApp.ENDED


def _in_audience(event: Event, kind: Kind | None, person: Any, now: Decision | None) -> InApp:
    if ended := _ended(event):
        return ended
    if not person.is_active:
        return InApp.INACTIVE
    if kind is None or now is None or not kind.audience(event).filter(user_id=person.pk).exists():
        return InApp.NOT_IN_AUDIENCE
    return InApp.CAME_LATER if now.in_app else _STOPPED.get(now.outcome, InApp.OPTED_OUT)


def _decided_by(
    event: Event,
    person: Any,
    row: Notification | None,
    delivery: Delivery | None,
    in_app: InApp,
    now: Decision | None,
) -> tuple[DecidedBy | None, DecidedBy | None]:
    """What is stored: with the event of one person, else with the row and the mail of an audience."""
    if event.recipient_id == person.pk:
        decided = event.outcome in _DECIDED
        return (
            DecidedBy(event.decided_by) if decided else None,
            DecidedBy(event.mail_by) if decided and event.mail else None,
        )
    in_app_by = DecidedBy(row.decided_by) if row else None
    if now is not None and in_app in (InApp.OPTED_OUT, *_STOPPED.values()):
        in_app_by = now.in_app_by
    return in_app_by, DecidedBy(delivery.decided_by) if delivery else None


def _summary_of(delivery: Delivery | None) -> Delivery | None:
    if delivery is None or delivery.summary_id is None:
        return None
    return Delivery.objects.filter(pk=delivery.summary_id).first()


def _quiet_until(kind: Kind | None, person: Any) -> datetime | None:
    window = quiet_for(kind, person, timezone.now()) if kind and Switch.EMAIL in kind.channels else None
    return window.end if window else None


def _summary_at(kind: Kind | None, person: Any, now: Decision | None) -> datetime | None:
    if kind is None or now is None or now.mail != Event.Mail.SUMMARY:
        return None
    chosen = NotificationPreference.objects.of(person).get(notification_type=kind.category)
    return next_summaries(person, summary_times_of(person))[chosen.email_frequency]


def _by_mail(event: Event, kind: Kind | None, person: Any, delivery: Delivery | None) -> ByMail:
    if delivery is not None:
        return ByMail.DELIVERY
    if kind is not None and kind.is_mailing:
        return ByMail.NO_COPY
    if kind is not None and Switch.EMAIL not in kind.channels:
        return ByMail.NO_MAIL_KIND
    return ByMail.DECIDED if event.mail and event.recipient_id == person.pk else ByMail.NOT_TOLD


def _told_elsewhere(event: Event, person: Any) -> Event | None:
    """The same act of the same actor, told to this person by another event."""
    same = Event.objects.about(event.target_type, event.target_id).filter(
        actor_id=event.actor_id, object_id=event.object_id, recipient=person
    )
    return same.exclude(pk=event.pk).first()


_DECIDED = {
    Event.Outcome.NOTIFIED, Event.Outcome.OPTED_OUT, Event.Outcome.MUTED, Event.Outcome.BLOCKED,
    Event.Outcome.UNWATCHED,
}  # fmt: skip
_STOPPED = {Event.Outcome.MUTED: InApp.MUTED, Event.Outcome.BLOCKED: InApp.BLOCKED}
