"""Whoever leaves the site takes their points along: the ledger forgot whose they were, and lets them go."""

from typing import Any

from django.db.models.signals import post_delete

from accounts.models import User

from .models import Entry


def person_deleted(instance: User, **kwargs: Any) -> None:
    Entry.objects.filter(person=None).delete()


def connect() -> None:
    post_delete.connect(person_deleted, sender=User, dispatch_uid="reputation.person_deleted")
