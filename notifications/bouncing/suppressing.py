"""What is held against addresses: noting what came back, asking whether mail may go, letting it go again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import CharField, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from ..kinds import Kind
from ..models import Bounce, Cause, Delivery, Suppression
from ..models.bounce import ADDRESS_LENGTH
from ..transactions import acting, dispatching
from . import scoring

Stops = Suppression.Stops


@dataclass(frozen=True, slots=True)
class Trouble:
    """Mail to an address is stopped, for its owner."""

    row: Suppression
    again_at: datetime | None  # not before may they have it go again; None for now


class TooSoonError(Exception):
    """Mail goes there again only later."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.at = at


def stopped_as(address: Any) -> Subquery:
    """Why mail to this address is stopped; empty or NULL where it is not. One look into an index.

    An expression, and so is `address`, which is in small letters.
    """
    return Subquery(Suppression.objects.filter(address=address).values("stops")[:1])


def stopped_of_people() -> RawSQL:
    """The same, of people that are asked for. Of every mail: written out, it costs a quarter of that."""
    people = get_user_model()
    address = f"LOWER({people._meta.db_table}.{people.get_email_field_name()})"
    sql = f"(SELECT s.stops FROM notifications_suppression s WHERE s.address = {address})"  # nosec B608 # names
    return RawSQL(sql, [], output_field=CharField())  # nosec B611 # likewise


def stopped_for(kind: Kind) -> QuerySet[Any]:
    """The addresses where no mail of this kind goes."""
    stopped = Suppression.objects.exclude(stops="")
    if kind.outlives_complaint:
        stopped = stopped.exclude(stops=Stops.COMPLAINED)
    return stopped.values("address")


def refusal(stops: str | None, kind: Kind) -> Delivery.Reason | None:
    """Why no mail of this kind goes where mail is stopped like that."""
    if stops == Stops.COMPLAINED and kind.outlives_complaint:
        return None
    return Delivery.Reason(stops) if stops else None


def trouble_of(address: str) -> Trouble | None:
    """Where mail to this address is stopped."""
    row = Suppression.objects.exclude(stops="").filter(address=address.lower()).first()
    if row is None:
        return None
    at = scoring.may_resume_at(row.resumed_at, row.resumes)
    return Trouble(row, at if at and at > timezone.now() else None)


def score_of(row: Suppression) -> float:
    return scoring.faded(row.score, row.scored_at, timezone.now())


def note(
    address: str,
    cause: Cause,
    *,
    key: str,
    source: Bounce.Source,
    words: str = "",
    delivery_id: int | None = None,
    sent_at: datetime | None = None,
    now: datetime | None = None,
) -> bool:
    """It came back. False where that was known (`key`): a report that comes twice counts once.

    `sent_at`: what was sent before its owner had mail go again says nothing about now.
    """
    now, address = now or timezone.now(), address.lower()
    if len(address) > ADDRESS_LENGTH:
        return False  # of no mail of ours
    words = " ".join(words.replace("\x00", "").split())[:500]
    with dispatching():
        row, is_new = Bounce.objects.get_or_create(
            key=key,
            defaults={
                "address": address, "cause": cause, "source": source, "words": words,
                "delivery_id": delivery_id, "received_at": now,
            },
        )  # fmt: skip
        weight = scoring.WEIGHTS.get(cause, 0)
        if is_new and (weight or cause == Cause.COMPLAINT):
            standing = _locked(address, cause, now)
            if standing.resumed_at is None or (sent_at or now) >= standing.resumed_at:
                _hold_against(standing, cause, weight, words, now)
                Bounce.objects.filter(pk=row.pk).update(has_counted=True)
    return is_new


def resume(address: str, now: datetime | None = None) -> bool:
    """For its owner: mail goes there again. False where it does. Raises TooSoonError."""
    now = now or timezone.now()
    with acting():
        row = _rows().exclude(stops="").filter(address=address.lower()).first()
        if row is None:
            return False
        at = scoring.may_resume_at(row.resumed_at, row.resumes)
        if at is not None and at > now:
            raise TooSoonError(at)
        _release(row, now, resumes=row.resumes + 1)
    return True


def lift(rows: QuerySet[Suppression]) -> int:
    """For the staff: at once, and its owner has their own try again."""
    now = timezone.now()
    with acting():
        stopped = list(_rows().exclude(stops="").filter(pk__in=list(rows.values_list("pk", flat=True))))
        for row in stopped:
            _release(row, now, resumes=0)
    return len(stopped)


def proven(address: str) -> None:
    """Mail arrived there: somebody followed a link in it. A complaint stays one."""
    if trouble_of(address):
        with acting():
            for row in _rows().filter(address=address.lower(), stops=Stops.BOUNCED):
                _release(row, timezone.now(), resumes=0)


def may_try(address: str) -> bool:
    """Whether mail goes there that somebody asked for this moment: a new password, a code.

    Whoever lost their password could else never come back to where a mailbox was away for a day. So where
    mail bounces one such mail a day is a try; where somebody complained, none of this was meant.
    """
    bouncing = Suppression.objects.filter(address=address.lower(), stops=Stops.BOUNCED)
    if not bouncing.exists():
        return True
    now = timezone.now()
    with acting():
        rested = Q(tried_at=None) | Q(tried_at__lt=now - scoring.TRY_EVERY)
        return bool(bouncing.filter(rested).update(tried_at=now))


def _hold_against(row: Suppression, cause: Cause, weight: float, words: str, now: datetime) -> None:
    score = scoring.faded(row.score, row.scored_at, now)
    if row.last_at < now - scoring.FORGIVEN_AFTER and not row.stops:
        row.resumes = 0
    if score < scoring.FADED and not row.stops:
        row.since, row.count = now, 0
    row.score, row.scored_at, row.last_at = score + weight, now, now
    row.cause, row.words, row.count = cause, words, row.count + 1
    if row.score >= scoring.ENOUGH:
        row.stops = Stops.BOUNCED  # also where somebody complained before: this stops more
    elif cause == Cause.COMPLAINT and not row.stops:
        row.stops = Stops.COMPLAINED
    if row.stops and row.stopped_at is None:
        row.stopped_at = now
    row.save()


def _release(row: Suppression, now: datetime, *, resumes: int) -> None:
    row.stops, row.score, row.scored_at, row.count = "", 0, now, 0
    row.stopped_at, row.resumed_at, row.resumes, row.tried_at = None, now, resumes, None
    row.save()


def _locked(address: str, cause: Cause, now: datetime) -> Suppression:
    fresh = {"cause": cause, "scored_at": now, "since": now, "last_at": now}
    Suppression.objects.get_or_create(address=address, defaults=fresh)
    return _rows().get(address=address)


def _rows() -> QuerySet[Suppression]:
    return Suppression.objects.select_for_update()
