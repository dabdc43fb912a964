"""From one mailing to the copies of it: chunk by chunk, with a cursor on the Event, one for each address."""

from collections.abc import Sequence
from functools import partial

from django.db import connection, transaction
from django.utils import timezone

from ..mailings import Copy, Mailing
from ..models import Delivery, Event
from ..outgoing import sending
from ..sql import adapted, among, rows_clause, timestamp


def write_copies(event: Event, kind: Mailing, chunk: int) -> tuple[int, int]:
    """The next of them; answers how many there were, and the place of the last. Needs a transaction."""
    copies = kind.copies(event, after=event.cursor, limit=chunk)
    if not copies:
        return 0, 0
    once = _once(copies)
    _take_up(event, [copy for copy in once if not copy.reason])
    event.told += _insert(event, kind, once)
    event.mail = Event.Mail.QUEUED
    transaction.on_commit(partial(sending.wake, [kind.channel]), robust=True)
    return len(copies), copies[-1].place


def _once(copies: Sequence[Copy]) -> list[Copy]:
    """One for each address: where one of two may be sent, that one."""
    by_address: dict[str, Copy] = {}
    for copy in copies:
        known = by_address.get(copy.address)
        if known is None or (known.reason and not copy.reason):
            by_address[copy.address] = copy
    return list(by_address.values())


def _take_up(event: Event, copies: Sequence[Copy]) -> None:
    """Those that an earlier chunk left out for somebody who could not show that the address is theirs."""
    addresses = among((copy.address for copy in copies), "text")
    left_out = Delivery.objects.filter(
        event_id=event.pk, state=Delivery.State.SKIPPED, reason=Delivery.Reason.UNPROVEN
    )
    left_out.filter(address__in=addresses).update(
        state=Delivery.State.PENDING, reason="", ended_at=None, recipient=None
    )


def _insert(event: Event, kind: Mailing, copies: Sequence[Copy]) -> int:
    """Whoever has one of this event already, under this address or as this person, gets no second."""
    now = timezone.now()
    rows, param = rows_clause(
        "address text, user_id bigint, state text, reason text",
        [
            (copy.address, copy.user_id, "skipped" if copy.reason else "pending", copy.reason)
            for copy in copies
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO notifications_delivery
                (event_id, recipient_id, address, channel, group_key, state, reason, created_at, due_at,
                 ended_at, worker, attempts, handovers, last_error, is_urgent)
            SELECT CAST(%s AS bigint), v.user_id, v.address, %s, %s, v.state, v.reason, {timestamp()},
                {timestamp()}, CASE WHEN v.state = 'skipped' THEN {timestamp()} END, '', 0, 0, '',
                CAST(%s AS boolean)
            FROM {rows} AS v WHERE true ON CONFLICT DO NOTHING
            """,  # nosec B608 # names are ours, values are parameters
            [event.pk, kind.channel, event.group_key, *[adapted(now)] * 3, kind.is_urgent, param],
        )
        return int(cursor.rowcount)
