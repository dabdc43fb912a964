"""An answer to a mail becomes what it would be on the page, or is refused with a reason.

Who wrote it takes two proofs. The address is a secret of the mail that it answers; but mails are forwarded,
and secrets with them. So it must come from the address that mail went to as well, and where the site trusts
a mail server to say so (REPLY_AUTHSERV_ID), truly from there. A From that is not checked costs nothing to
forge; without the secret it is worth nothing.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.http import Http404
from django.utils import translation

from .. import kinds
from ..composing.headers import one_line
from ..inbox.actions import mark_read
from ..models import Delivery, Event, IncomingMail, Notification
from ..transactions import acting
from . import addresses, refusing, trust, words
from .letter import Letter
from .verdict import NOBODY, REFUSED, TAKEN, Verdict

Outcome = IncomingMail.Outcome
AN_HOUR = timedelta(hours=1)
PER_HOUR = 30  # of one person

# Of these the person hears from us, by the address of the account. Of a stranger's too: a mail server would
# return it to whoever the stranger says to be. Of others they hear from it, and machines hear from nobody.
TOLD = {
    Outcome.STRANGER, Outcome.EXPIRED, Outcome.TOO_LARGE, Outcome.TOO_MANY, Outcome.EMPTY, Outcome.GONE,
    Outcome.DENIED, Outcome.INVALID,
}  # fmt: skip
CODES = {
    Outcome.UNKNOWN: NOBODY,
    Outcome.FORGED: REFUSED,
    Outcome.INACTIVE: REFUSED,
}


class RefusedError(Exception):
    def __init__(self, outcome: IncomingMail.Outcome, detail: str = "") -> None:
        super().__init__(outcome)
        self.outcome, self.detail = outcome, detail


class Answer(NamedTuple):
    delivery: Delivery  # the mail that it answers
    event: Event
    kind: kinds.Kind
    user: Any
    text: str


def receive_answer(letter: Letter, address: str) -> Verdict | None:
    """None for an address that no mail of this site is answered to."""
    token = addresses.token_in(address)
    if token is None:
        return None
    row = IncomingMail(
        key=sha256(f"{letter.name}\0{address.lower()}".encode()).hexdigest(),
        message_id=one_line(letter.name)[:200],
        sender=one_line(letter.writer)[:254],
    )
    known = IncomingMail.objects.filter(key=row.key).first() or _serve(letter, token, row)
    outcome = Outcome(known.outcome)
    with translation.override("en"):  # for the logs of mail servers
        return Verdict(CODES.get(outcome, TAKEN), str(outcome.label))


def _serve(letter: Letter, token: str, row: IncomingMail) -> IncomingMail:
    try:
        answer = _read(letter, token, row)
        with acting():
            row, is_new = _enter(row, Outcome.TAKEN)
            if is_new:
                _write(answer)
    except RefusedError as refusal:
        row = _refuse(row, refusal)
    return row


def _read(letter: Letter, token: str, row: IncomingMail) -> Answer:
    """What it says and to what, by whom. The row hears what is found out, in time. Raises RefusedError."""
    if why := trust.why_automatic(letter):
        raise RefusedError(Outcome.AUTOMATIC, why)
    delivery = addresses.read(token)
    user = delivery.recipient if delivery else None
    if delivery is None or user is None:
        raise RefusedError(Outcome.UNKNOWN)
    row.recipient, row.delivery_id = user, delivery.pk
    _check_who(letter, user)
    if (delivery.ended_at or delivery.created_at) < row.received_at - addresses.GOOD_FOR:
        raise RefusedError(Outcome.EXPIRED)
    if letter.is_too_large:
        raise RefusedError(Outcome.TOO_LARGE)
    recent = IncomingMail.objects.filter(recipient=user, received_at__gt=row.received_at - AN_HOUR)
    if recent.filter(outcome=Outcome.TAKEN).count() >= PER_HOUR:
        raise RefusedError(Outcome.TOO_MANY)
    event = Event.objects.filter(pk=delivery.event_id or 0).first()
    kind = kinds.get(event.kind) if event else None
    if event is None or kind is None or not kind.answered_by_mail:
        raise RefusedError(Outcome.GONE)
    text = words.written(letter.message)
    if not text:
        raise RefusedError(Outcome.EMPTY)
    if count := words.attachments(letter.message):
        row.detail = f"{count} attachments were left out"
    return Answer(delivery, event, kind, user, text)


def _check_who(letter: Letter, user: Any) -> None:
    if not user.is_active:
        raise RefusedError(Outcome.INACTIVE)
    if letter.writer != user.email.lower():
        raise RefusedError(Outcome.STRANGER)
    if not trust.is_authentic(letter):
        raise RefusedError(Outcome.FORGED)


def _write(answer: Answer) -> None:
    """As if it had been done on the page; whoever answers has read what they answer. Raises RefusedError."""
    with translation.override(answer.user.language):
        try:
            answer.kind.answer(answer.event, answer.user, answer.text)
        except PermissionDenied as error:
            raise RefusedError(Outcome.DENIED) from error
        except Http404 as error:
            raise RefusedError(Outcome.GONE) from error
        except ValidationError as error:
            raise RefusedError(Outcome.INVALID, " ".join(error.messages)) from error
    row = Notification.objects.filter(pk=answer.delivery.notification_id or 0).first()
    if row is not None:
        mark_read(row)


def _refuse(row: IncomingMail, refusal: RefusedError) -> IncomingMail:
    """At most one mail an hour tells a person of it, whatever comes in their name."""
    with acting():
        if row.recipient is not None and connection.features.has_select_for_update:
            # Two at once wait for each other here. NO KEY: others may write rows that refer to the person.
            get_user_model().objects.select_for_update(no_key=True).filter(pk=row.recipient.pk).first()
        if refusal.outcome in TOLD:
            recent = IncomingMail.objects.filter(recipient=row.recipient, told_at__isnull=False)
            if not recent.filter(received_at__gt=row.received_at - AN_HOUR).exists():
                row.told_at = row.received_at
        row.detail = refusal.detail[:300]
        row, is_new = _enter(row, refusal.outcome)
    if is_new and row.told_at and row.recipient:
        refusing.tell(row.recipient, refusal.outcome, refusal.detail, message_id=row.message_id)
    return row


def _enter(row: IncomingMail, outcome: IncomingMail.Outcome) -> tuple[IncomingMail, bool]:
    """The row that stays, and whether it is this one: another process may have been first with a copy."""
    row.outcome = outcome
    fields = {
        field.attname: getattr(row, field.attname)
        for field in IncomingMail._meta.concrete_fields
        if field.attname not in ("id", "key")
    }
    return IncomingMail.objects.get_or_create(key=row.key, defaults=fields)
