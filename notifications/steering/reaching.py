"""How many people a fact would reach, and by which channel, before anybody is told: for an audience.

Counts by the very conditions that tell it (`audience_sql.py`), in one statement whatever its size, and
asks the resolver about the few who chose something of their own, as telling it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Lower

from ..bouncing import suppressing
from ..kinds import Kind
from ..models import Event
from ..outbox import audience_sql
from ..outbox.steered import Steered, steered_people
from ..outgoing.summaries import quiet_for
from ..service import event_of
from ..sql import among

SAMPLE = 8  # people named
MAILED = (Event.Mail.QUEUED, Event.Mail.SUMMARY)
Counted = tuple[bool, str, int]  # in the app, by mail (Event.Mail or NO_ADDRESS), how many people


@dataclass(frozen=True, slots=True)
class Reach:
    people: int = 0  # in the audience
    in_app: int = 0
    by_mail: dict[str, int] = field(default_factory=dict)  # Event.Mail or NO_ADDRESS → how many
    stopped: int = 0  # want it by mail, and no mail goes to their address: it came back, or is unwanted
    held: int = 0  # of those mailed now: how many have quiet hours then, and get it at their end
    unreached: int = 0  # neither in the app nor by mail, now or in a summary
    sample: Sequence[Any] = ()

    @property
    def mail_now(self) -> int:
        return self.by_mail.get(Event.Mail.QUEUED, 0) - self.held

    @property
    def mail_later(self) -> int:
        return self.by_mail.get(Event.Mail.SUMMARY, 0)

    @property
    def mail_off(self) -> int:
        """Switched off, muted, blocked, or never asked for."""
        others = (*MAILED, audience_sql.NO_ADDRESS)
        return sum(count for mail, count in self.by_mail.items() if mail not in others)

    @property
    def no_address(self) -> int:
        return self.by_mail.get(audience_sql.NO_ADDRESS, 0)


def reach_of(kind: Kind, obj: Any) -> Reach:
    """Whom `obj` would reach if it were told now. Nothing is written."""
    event = event_of(kind, obj)
    audience = kind.audience(event).order_by("user_id").values("user_id")
    mails = kind.mails(event)
    people = in_app = unreached = 0
    by_mail: dict[str, int] = {}
    for is_in_app, mail, count in _counted(event, kind, audience, mails=mails):
        people += count
        in_app += count if is_in_app else 0
        if mails:
            by_mail[mail] = by_mail.get(mail, 0) + count
        unreached += 0 if is_in_app or mail in MAILED else count
    stopped = 0
    for is_in_app, mail, count in _stopped(event, kind, audience) if mails else ():
        by_mail[mail] -= count
        stopped += count
        unreached += 0 if is_in_app else count
    held = _held(event, kind, audience) if by_mail.get(Event.Mail.QUEUED) else 0
    named = audience.values_list("user_id", flat=True)[:SAMPLE]
    sample = get_user_model().objects.filter(pk__in=list(named)).order_by("pk")
    return Reach(people, in_app, by_mail, stopped, held, unreached, list(sample))


def _stopped(event: Event, kind: Kind, audience: QuerySet[Any]) -> list[Counted]:
    """Those who would be mailed at an address where no mail goes any more: few."""
    people = _people_at(suppressing.stopped_for(kind)).filter(pk__in=audience.order_by())
    ids = list(people.values_list("pk", flat=True))
    if not ids:
        return []
    counted = _counted(event, kind, audience.filter(user_id__in=among(ids)), mails=True)
    return [each for each in counted if each[1] in MAILED]


def _people_at(addresses: QuerySet[Any]) -> QuerySet[Any]:
    people = get_user_model()
    return people.objects.annotate(small=Lower(people.get_email_field_name())).filter(small__in=addresses)


def _held(event: Event, kind: Kind, audience: QuerySet[Any]) -> int:
    """Those it would be quiet for when it is told. Of the few who have quiet hours each is asked."""
    people = get_user_model().objects.filter(quiet_hours__is_on=True, pk__in=audience.order_by())
    people = people.exclude(pk__in=_people_at(suppressing.stopped_for(kind)).values("pk"))
    quiet = [
        person.pk for person in people.select_related("quiet_hours") if quiet_for(kind, person, event.run_at)
    ]
    if not quiet:
        return 0
    counted = _counted(event, kind, audience.filter(user_id__in=among(quiet)), mails=True)
    return sum(count for _in_app, mail, count in counted if mail == Event.Mail.QUEUED)


def _counted(event: Event, kind: Kind, audience: Any, *, mails: bool) -> list[Counted]:
    steered = steered_people(event, kind, audience)
    others = _unsteered(kind, audience, steered, mails=mails)
    return [*others, *((person.decision.in_app, _mail_of(person) if mails else "", 1) for person in steered)]


def _mail_of(person: Steered) -> str:
    return person.decision.mail or "" if person.has_address else audience_sql.NO_ADDRESS


def _unsteered(kind: Kind, audience: Any, steered: Sequence[Steered], *, mails: bool) -> list[Counted]:
    sql, params = audience.order_by().query.sql_with_params()
    in_app, in_app_params = audience_sql.in_app(kind)
    mail, mail_params = audience_sql.mail(kind) if mails else ("''", [])
    alone, alone_params = audience_sql.unsteered(person.user_id for person in steered)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT in_app, mail, count(*) FROM (
                SELECT {in_app} AS in_app, {mail} AS mail FROM ({sql}) AS people WHERE {alone}
            ) AS reached GROUP BY in_app, mail
            """,  # nosec B608 # names are ours, values are parameters
            [*in_app_params, *mail_params, *params, *alone_params],
        )
        return [(bool(is_in_app), mail, count) for is_in_app, mail, count in cursor.fetchall()]
