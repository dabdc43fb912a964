"""A row that goes takes its file along, by whatever way it goes."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete

from .exporting import path_of
from .models import Export


def export_deleted(instance: Export, **kwargs: Any) -> None:
    if instance.name:
        path = path_of(instance)
        # No partial: it has no name by which Django could log its failure.
        transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def connect() -> None:
    post_delete.connect(export_deleted, sender=Export, dispatch_uid="rights.export_deleted")
