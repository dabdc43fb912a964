"""Who loses what a stream was opened with is told of at once: rows that go, and people who change."""

from typing import Any

from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save
from knox.models import get_token_model

from .signals import access_changed


def session_ended(instance: Session, **kwargs: Any) -> None:
    person_id = str(instance.get_decoded().get(SESSION_KEY, ""))
    access_changed([int(person_id)] if person_id.isdecimal() else [])


def token_ended(instance: Any, **kwargs: Any) -> None:
    access_changed([instance.user_id])


def person_changed(instance: Any, **kwargs: Any) -> None:
    """Another password, or no longer active; most often neither, and then asking costs one query."""
    access_changed([instance.pk])


def connect() -> None:
    person = get_user_model()
    post_delete.connect(session_ended, sender=Session, dispatch_uid="stream.session_ended")
    post_delete.connect(token_ended, sender=get_token_model(), dispatch_uid="stream.token_ended")
    post_save.connect(person_changed, sender=person, dispatch_uid="stream.person_changed")
    post_delete.connect(person_changed, sender=person, dispatch_uid="stream.person_gone")
