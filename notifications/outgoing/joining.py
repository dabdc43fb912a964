"""Which summary a delivery joins, and when that leaves.

At the end of quiet hours, some minutes after another mail, or at the hours its person chose. A chosen one
is unique for person, cadence and stretch of time: one that is on its way takes nobody in any more, and who
comes too late for it joins the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from .. import channels, kinds, trail
from ..crash_points import reach
from ..kinds import Kind
from ..models import Delivery, Event, Frequency, NotificationPreference, SummaryTimes
from ..models.delivery import Cadence
from ..sql import among, rows_clause
from ..steering.cadence import window_of
from ..steering.quiet import Window
from ..transactions import dispatching
from . import summaries


class NotNowError(Exception):
    """Another mail to the same person is on its way; nothing was written."""


class Stretch(NamedTuple):
    """What a summary is unique for."""

    recipient_id: int
    channel: str
    cadence: str
    start: datetime
    end: datetime


def soon_after_another(delivery: Delivery, kind: Kind, now: datetime) -> Window | None:
    """In a storm the first leaves, and the others as one, so long after it. Not what needs the person."""
    channel = channels.by_name(delivery.channel)
    gap = timedelta(seconds=channel.delay_seconds())
    if not gap or kind.is_urgent or delivery.recipient_id is None or not summaries.may_join(delivery):
        return None
    others = Delivery.objects.filter(recipient_id=delivery.recipient_id, channel=delivery.channel)
    others = others.exclude(pk=delivery.pk)
    if others.filter(state=Delivery.State.SENDING).exists():
        return Window(now, now + gap)
    lately = others.filter(state=Delivery.State.SENT, ended_at__gt=now - gap, ended_at__lte=now)
    last = lately.order_by("-ended_at").values_list("ended_at", flat=True).first()
    return Window(last, last + gap) if last else None


def take_turn(delivery: Delivery, kind: Kind, now: datetime) -> None:
    """In the transaction that begins its hand-over: of two lanes with mails to one person, one goes on."""
    channel = channels.by_name(delivery.channel)
    if kind.is_urgent or delivery.recipient_id is None or not (channel.sums_up and channel.delay_seconds()):
        return
    people = get_user_model().objects.filter(pk=delivery.recipient_id)
    people.select_for_update(no_key=True).values_list("pk").first()
    if soon_after_another(delivery, kind, now):
        raise NotNowError


def hold(delivery: Delivery, cadence: Cadence, window: Window, *, sums_up: bool = True) -> None:
    """Keep it for the summary at the end of `window`.

    One that has perhaps been sent waits by itself, and so does what was put back to work by hand, and what
    leaves by a channel without summaries.
    """
    waiting = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.PENDING)
    with dispatching():
        by_hand = delivery.reason == Delivery.Reason.BY_HAND
        if delivery.handovers or by_hand or not sums_up:
            waiting.update(due_at=window.end, reason=delivery.reason if by_hand else cadence)
            trail.became("waiting", cadence)
            return
        summary = _open_summary(delivery.recipient_id, delivery.channel, cadence, window)
        reach("before a mail is held")
        waiting.update(state=Delivery.State.HELD, summary_id=summary.pk, reason=summary.told_as)
        reach("before the hold is committed")
    trail.became("held", cadence)


def hold_all(members: QuerySet[Delivery], recipient_id: int | None, cadence: Cadence, window: Window) -> None:
    """Of one person, waiting or held for something else: they leave as one. Needs a transaction."""
    for channel in set(members.values_list("channel", flat=True)):
        summary = _open_summary(recipient_id, channel, cadence, window)
        members.filter(channel=channel).update(
            state=Delivery.State.HELD, summary_id=summary.pk, reason=summary.told_as
        )


def wait_for_quiet_to_end(summary: Delivery, window: Window) -> None:
    """It is still quiet, or again. What a person chose comes as it was chosen, then; the rest is one mail."""
    with dispatching():
        if summary.cadence == Cadence.TOGETHER and not summary.handovers:
            if summaries.end(summary, Delivery.Reason.QUIET):
                held = Delivery.objects.filter(summary_id=summary.pk, state=Delivery.State.HELD)
                hold_all(held, summary.recipient_id, Cadence.QUIET, window)
            return
        Delivery.objects.filter(pk=summary.pk, state=Delivery.State.PENDING).update(
            due_at=window.end, reason=Delivery.Reason.QUIET
        )


def join_chosen(ids: Iterable[int], now: datetime) -> int:
    """These wait for the summaries that their people chose; answers how many joined one.

    In a fixed number of statements. Whoever has chosen otherwise meanwhile gets it at once.
    """
    waiting = Delivery.objects.filter(pk__in=among(ids), state=Delivery.State.PENDING)
    rows = list(waiting.order_by("recipient", "pk"))
    with dispatching():
        wanted = _stretches(rows, now)
        open_now = _open_chosen(set(wanted.values()))
        joined = {pk: open_now[stretch] for pk, stretch in wanted.items()}
        reach("before mails are held")
        alone = [row.pk for row in rows if row.pk not in joined]
        waiting.filter(pk__in=among(alone)).update(reason="")
        _write_members(joined)
        reach("before the holds are committed")
    return len(joined)


def _stretches(rows: Sequence[Delivery], now: datetime) -> Mapping[int, Stretch]:
    """Delivery → what it waits for. Not in it: who wants it at once by now, and what was perhaps sent."""
    events = dict(Event.objects.filter(pk__in=among(row.event_id for row in rows)).values_list("pk", "kind"))
    people = (
        get_user_model().objects.select_related("summary_times").in_bulk({row.recipient_id for row in rows})
    )
    chosen = _chosen_frequencies(people)
    found: dict[int, Stretch] = {}
    for row in rows:
        kind = kinds.get(events.get(row.event_id or 0, ""))
        person = people.get(row.recipient_id or 0)
        cadence = chosen.get((person.pk, kind.category)) if kind and person else None
        if cadence and person and not row.handovers:
            window = chosen_window(person, cadence, now)
            found[row.pk] = Stretch(person.pk, row.channel, cadence, window.start, window.end)
    return found


def _chosen_frequencies(people: Iterable[int]) -> Mapping[tuple[int, str], Cadence]:
    rows = NotificationPreference.objects.filter(user__in=people).exclude(email_frequency=Frequency.INSTANT)
    return {
        (user_id, category): Cadence(frequency)
        for user_id, category, frequency in rows.values_list(
            "user_id", "notification_type", "email_frequency"
        )
    }


def chosen_window(user: Any, cadence: Cadence, now: datetime) -> Window:
    times = getattr(user, "summary_times", None) or SummaryTimes()
    return window_of(now, Frequency(cadence), times, ZoneInfo(user.time_zone))


def _open_chosen(stretches: Iterable[Stretch]) -> Mapping[Stretch, int]:
    """The summaries of these stretches, or of those after them; made where there are none, and locked."""
    found: dict[Stretch, int] = {}
    asked = {stretch: stretch for stretch in stretches}  # → the one whose summary takes it
    while missing := {at for of, at in asked.items() if of not in found}:
        Delivery.objects.bulk_create([_new(stretch) for stretch in sorted(missing)], ignore_conflicts=True)
        summaries = {
            (row.recipient_id, row.channel, row.cadence, row.window_start): row for row in _locked(missing)
        }
        people: Mapping[int, Any] | None = None
        for of, at in asked.items():
            row = summaries.get(at[:4])
            if row is None or of in found:
                continue
            if row.state == Delivery.State.PENDING and not row.handovers:
                found[of] = row.pk
                continue
            # It has left: by a clock that is ahead of ours, or because an operator let it go.
            people = people or _people(missing)
            later = chosen_window(people[of.recipient_id], Cadence(of.cadence), at.end)
            asked[of] = at._replace(start=later.start, end=later.end)
    return found


def _people(stretches: Iterable[Stretch]) -> Mapping[int, Any]:
    users = get_user_model().objects.select_related("summary_times")
    return users.in_bulk({stretch.recipient_id for stretch in stretches})


def _new(stretch: Stretch) -> Delivery:
    return Delivery(
        recipient_id=stretch.recipient_id, channel=stretch.channel, cadence=stretch.cadence,
        window_start=stretch.start, due_at=stretch.end, group_key=stretch.cadence,
    )  # fmt: skip


def _locked(stretches: Iterable[Stretch]) -> Iterable[Delivery]:
    """In one order, so that two workers cannot each wait for what the other holds."""
    rows = Delivery.objects.filter(
        recipient__in=among({stretch.recipient_id for stretch in stretches}),
        window_start__in={stretch.start for stretch in stretches},
    ).order_by("pk")
    return rows.select_for_update()


def _write_members(joined: Mapping[int, int]) -> None:
    """Delivery → its summary."""
    if not joined:
        return
    rows, param = rows_clause("id bigint, summary_id bigint", list(joined.items()))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE notifications_delivery
            SET state = 'held', reason = '{Delivery.Reason.SUMMARY}', summary_id = v.summary_id
            FROM {rows} AS v
            WHERE notifications_delivery.id = v.id AND notifications_delivery.state = 'pending'
            """,  # nosec B608 # names are ours, values are parameters
            [param],
        )


def _open_summary(recipient_id: int | None, channel: str, cadence: Cadence, window: Window) -> Delivery:
    """The one that waits, else a new one. One that has perhaps been sent must not say more than it did."""
    mine = Q(recipient_id=recipient_id, channel=channel, cadence=cadence)
    waiting = Delivery.objects.filter(
        mine, state=Delivery.State.PENDING, handovers=0, window_start__isnull=False
    ).order_by("pk")
    if summary := waiting.select_for_update().first():
        return summary
    # Quiet hours that were ended early and taken up again have been summed up as far as then.
    again = Delivery.objects.filter(mine, window_start=window.start).exists()
    summary, _created = Delivery.objects.get_or_create(
        recipient_id=recipient_id,
        channel=channel,
        cadence=cadence,
        window_start=timezone.now() if again else window.start,
        defaults={"due_at": window.end, "group_key": cadence},
    )
    return summary
