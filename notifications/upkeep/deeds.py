"""What staff did to deliveries and events by hand: written beside each, and told with its story."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from ..models import Delivery


def write(model: type[Model], ids: Iterable[int], *, by: Any, words: str) -> None:
    """Needs a transaction. The log of the audit has them as one entry, from `happenings.operated`."""
    of = ContentType.objects.get_for_model(model).pk
    LogEntry.objects.bulk_create(
        LogEntry(
            user_id=by.pk,
            content_type_id=of,
            object_id=str(pk),
            object_repr=f"{model._meta.model_name} {pk}",
            action_flag=CHANGE,
            change_message=words,
        )
        for pk in ids
    )


def by_delivery(ids: Iterable[int]) -> dict[int, list[LogEntry]]:
    deeds: dict[int, list[LogEntry]] = defaultdict(list)
    for deed in done_to(Delivery, ids):
        deeds[int(deed.object_id or 0)].append(deed)
    return deeds


def done_to(model: type[Model], ids: Iterable[int]) -> QuerySet[LogEntry]:
    """In the order of time, with who did it."""
    of = ContentType.objects.get_for_model(model).pk
    entries = LogEntry.objects.filter(content_type_id=of, object_id__in=[str(pk) for pk in ids])
    return entries.select_related("user").order_by("action_time", "pk")
