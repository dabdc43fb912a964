"""How long rows are kept, and why each goes. Deciding is here; the sweeping is `pruning.py`'s.

Never for their age or number: what somebody saved or put off, and what needs somebody and is unread.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _
from knox.models import get_token_model

from .. import kinds
from ..inbox.actions import UNDO_WINDOW
from ..models import (
    Bounce,
    Delivery,
    Event,
    IncomingMail,
    Notification,
    Suppression,
)
from ..models.notification import OPEN

KEPT = timedelta(days=90)  # ended events and deliveries
NEVER = Q(pk__in=())


class Why(TextChoices):
    """Why a row goes."""

    EVENT = "event", _("events that ended 90 days ago and that no inbox needs")
    DELIVERY = "delivery", _("deliveries that ended 90 days ago, with their attempts")
    TOKEN = "token", _("expired API tokens")  # nosec B105 # not a secret
    INCOMING = "incoming", _("records of mail that came in 90 days ago")
    BOUNCE = "bounce", _("bounces that came 90 days ago")
    FORGIVEN = "forgiven", _("what was held against addresses that mail goes to since 90 days")
    DELETED = "deleted", _("items that their owner deleted an hour ago")
    READ = "read", _("items that were read long ago")
    OLD = "old", _("items older than their kind is kept")
    CROWDED = "crowded", _("items beyond the newest ones of a full inbox")


def young(now: datetime) -> Q:
    """Rows of the inbox whose events are surely there."""
    return Q(created_at__gte=now - KEPT)


def ended_events(now: datetime) -> QuerySet[Event]:
    """But for those of rows that still fold, come back or are young, however old the events."""
    rows = Notification.objects.filter(OPEN | Q(snoozed_until__isnull=False) | young(now))
    needed = rows.filter(Q(pk=OuterRef("notification_id")) | Q(event_id=OuterRef("pk")))
    old = Event.objects.exclude(state=Event.State.PENDING).filter(_ended_before(now - KEPT))
    return old.exclude(Exists(needed))


def ended_deliveries(now: datetime) -> QuerySet[Delivery]:
    open_states = (Delivery.State.PENDING, Delivery.State.HELD, Delivery.State.SENDING)
    return Delivery.objects.exclude(state__in=open_states).filter(_ended_before(now - KEPT))


def expired_tokens(now: datetime) -> Any:
    return get_token_model().objects.filter(expiry__lt=now)


def old_incoming(now: datetime) -> QuerySet[IncomingMail]:
    return IncomingMail.objects.filter(received_at__lt=now - KEPT)


def old_bounces(now: datetime) -> QuerySet[Bounce]:
    return Bounce.objects.filter(received_at__lt=now - KEPT)


def forgiven_addresses(now: datetime) -> QuerySet[Suppression]:
    """An address that mail does not go to stays known as that, however long ago it was."""
    resumed_lately = Q(resumed_at__gte=now - KEPT)
    return Suppression.objects.filter(stops="", last_at__lt=now - KEPT).exclude(resumed_lately)


def leaving_items(now: datetime) -> QuerySet[Any]:
    """Rows of the inbox that go, each with `why`: DELETED, READ or OLD."""
    deleted = Q(deleted_at__lt=now - UNDO_WINDOW)
    spared = Q(deleted_at__isnull=False) | _spared()
    read, old = ~spared & _read_long_ago(now), ~spared & _too_old(now) & ~_just_told(now)
    why = Case(
        When(deleted, then=Value(Why.DELETED.value)),
        When(read, then=Value(Why.READ.value)),
        When(old, then=Value(Why.OLD.value)),
        output_field=CharField(),
    )
    return Notification.objects.filter(deleted | read | old).annotate(why=why)


def crowded_items(user_id: int, now: datetime) -> QuerySet[Notification]:
    """What lies beyond the newest of one person's, besides what goes anyway."""
    rows = Notification.objects.of(user_id).exclude(
        pk__in=leaving_items(now).filter(recipient=user_id).values("pk")
    )
    kept = settings.NOTIFICATION_KEEP_ITEMS
    last = list(rows.newest_first().values_list("created_at", "pk")[kept - 1 : kept]) if kept else []
    if not last:
        return Notification.objects.none()
    return rows.older_than(*last[0]).exclude(_spared() | _just_told(now))


def still_leaving(why: Why, now: datetime) -> Any:
    """The rows among which a batch of that reason is looked for once more, before it is deleted."""
    match why:
        case Why.EVENT:
            return ended_events(now)
        case Why.DELIVERY:
            return ended_deliveries(now)
        case Why.TOKEN:
            return expired_tokens(now)
        case Why.INCOMING:
            return old_incoming(now)
        case Why.BOUNCE:
            return old_bounces(now)
        case Why.FORGIVEN:
            return forgiven_addresses(now)
        case Why.CROWDED:
            return Notification.objects.exclude(_spared() | _just_told(now))
    return leaving_items(now).filter(why=why)


def _ended_before(moment: datetime) -> Q:
    return Q(ended_at__lt=moment) | Q(ended_at=None, created_at__lt=moment)


def _spared() -> Q:
    needs_you = Q(priority=Notification.Priority.NEEDS_YOU, read_at__isnull=True)
    return Q(saved_at__isnull=False) | Q(snoozed_until__isnull=False) | needs_you


def _read_long_ago(now: datetime) -> Q:
    days = settings.NOTIFICATION_KEEP_READ_DAYS
    return Q(read_at__lt=now - timedelta(days=days)) if days else NEVER


def _too_old(now: datetime) -> Q:
    days = settings.NOTIFICATION_KEEP_UNREAD_DAYS
    too_old = Q(read_at__isnull=True, created_at__lt=now - timedelta(days=days)) if days else NEVER
    for kept, types in _kept_by_kind().items():
        too_old |= Q(kind__in=types, created_at__lt=now - kept)
    return too_old


def _kept_by_kind() -> Mapping[timedelta, list[str]]:
    kept: dict[timedelta, list[str]] = defaultdict(list)
    for kind in kinds.all_kinds():
        if kind.kept is not None:
            kept[kind.kept].append(kind.type)
    return kept


def _just_told(now: datetime) -> Exists:
    """Told within the hour, for instance by an import of what is old: the audit still looks for the row."""
    return Exists(Event.objects.filter(notification_id=OuterRef("pk"), ended_at__gt=now - UNDO_WINDOW))
