"""Every text that somebody else can have written, and rows that hold any words one likes in all of them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from secrets import token_bytes
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group as Role
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from knox.models import AuthToken

import audit
from accounts.models import TokenUse, User
from audit.models import Entry
from community.models import Group
from community.text import render_markdown
from notifications.models import Attempt, Bounce, Breaker, IncomingMail, JobRun, Suppression, Worker
from webhooks.models import Call, Webhook

from ..authorisation_scene import Scene

# What people write, and what others send that is shown: answers of servers, names of browsers, addresses.
WRITTEN = {
    "community.Post": ("title", "content"),
    "community.Comment": ("content",),
    "community.Group": ("name", "description"),
    "community.PostImage": ("alt",),
    "accounts.User": ("name", "bio", "email"),
    "accounts.TokenUse": ("agent",),
    "account.EmailAddress": ("email",),
    "mfa.Authenticator": ("data",),
    "usersessions.UserSession": ("user_agent",),
    "announcements.Announcement": ("title", "content", "link"),
    "newsletters.Edition": ("title", "content"),
    "newsletters.Subscriber": ("address",),
    "moderation.Case": ("title", "said"),
    "moderation.Flag": ("words",),
    "moderation.Decision": ("words", "appeal", "answer"),
    "moderation.WordRule": ("pattern",),
    "moderation.Step": ("words",),
    "webhooks.Webhook": ("url",),
    "webhooks.Call": ("answer",),
    "notifications.Delivery": ("address", "last_error"),
    "notifications.Attempt": ("answer",),
    "notifications.Event": ("last_error",),
    "notifications.PushSubscription": ("label",),
    "notifications.Bounce": ("address", "words"),
    "notifications.Suppression": ("address", "words"),
    "notifications.Breaker": ("last_error",),
    "notifications.IncomingMail": ("sender", "message_id", "detail"),
    "notifications.JobRun": ("error",),
    "notifications.Worker": ("host",),
    "rights.Departure": ("reason",),
    "audit.Entry": ("actor_name", "agent", "target_label", "metadata"),
    "admin.LogEntry": ("object_repr", "change_message"),
    "auth.Group": ("name",),
}  # fmt: skip
# Ours: keys, numbers and names that programs give, and what is checked to be one of a few forms.
MADE = {
    "account.EmailConfirmation": ("key",),
    "accounts.Attempts": ("key", "action", "moments"),
    "accounts.PhoneCode": ("key", "digest"),
    "accounts.TokenUse": ("address",),
    "accounts.User": ("password", "username", "time_zone", "language", "phone"),
    "admin.LogEntry": ("object_id",),
    "audit.Anchor": ("file_name", "file_digest"),
    "audit.Entry": ("action", "reason", "target_type", "target_id", "request_id", "address"),
    "auth.Permission": ("name", "codename"),
    "community.Group": ("slug",),
    "contenttypes.ContentType": ("app_label", "model"),
    "knox.AuthToken": ("digest", "token_key"),
    "newsletters.Edition": ("tally",),
    "newsletters.Subscriber": ("language",),
    "notifications.Attempt": ("worker", "outcome"),
    "notifications.Bounce": ("key",),
    "notifications.Breaker": ("channel",),
    "notifications.Budget": ("far_end", "spent"),
    "notifications.Delivery": ("channel", "group_key", "worker"),
    "notifications.Event": ("kind", "key", "target_type", "group_key"),
    "notifications.IncomingMail": ("key",),
    "notifications.JobRun": ("job", "worker", "counts", "place"),
    "notifications.Notification": ("kind", "group_key", "actor_ids", "target_type"),
    "notifications.PushSubscription": ("endpoint", "p256dh", "auth", "shows"),
    "notifications.RevisionClock": ("lineage", "cluster"),
    "notifications.Rule": ("target_type", "type"),
    "notifications.Tally": ("lane", "what", "state", "spread"),
    "notifications.Worker": ("name", "holding", "lanes"),
    "reputation.Award": ("badge",),
    "rights.Export": ("name",),
    "sessions.Session": ("session_key", "session_data"),
    "usersessions.UserSession": ("session_key", "data"),
    "webhooks.Call": ("message_id",),
    "webhooks.Webhook": ("events", "secret", "old_secret"),
}
TEXTS = (models.CharField, models.TextField, models.JSONField)
FIELDS = [f"{label}.{name}" for label, names in WRITTEN.items() for name in names]
FIRST_COPY = 10_000  # the number of the first
BESIDE = ("knox.AuthToken", "rights.Export")  # of which each other row has one of its own
JSON = {"data": lambda text: {"name": text, "credential": {}}, "metadata": lambda text: {"said": text}}

Words = Callable[[str, int], str]  # of a field, in a row of this number


def unknown_texts() -> set[str]:
    """Fields that stand in neither list, but for those that hold one of a few values or are rendered."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, TEXTS) and not field.choices and field.name != "content_html"
        and field.name not in (*WRITTEN.get(model._meta.label, ()), *MADE.get(model._meta.label, ()))
    }  # fmt: skip


def add_rows(scene: Scene, copies: int) -> None:
    """At least one of each, and so many more."""
    _add_first_rows(scene)
    for label in (*BESIDE, *WRITTEN):
        model: Any = apps.get_model(label)
        first = model._default_manager.order_by("pk").first()
        if model is not Entry and first is not None:
            model._default_manager.bulk_create(_copy(model, first, number) for number in range(copies))
    Group.objects.filter(pk__gte=FIRST_COPY).update(is_private=False)


def _add_first_rows(scene: Scene) -> None:
    """Of what the matrix does without."""
    superuser, now = scene.people["superuser"], timezone.now()
    token = AuthToken.objects.filter(user=superuser).first()
    webhook = Webhook.objects.get(group=scene.open)
    common = {"user": superuser, "session_key": "first", "ip": "192.0.2.1"}
    for row in (
        Role(name="Keepers"),
        LogEntry(
            user=superuser, content_type=ContentType.objects.get_for_model(User), object_id=str(superuser.pk),
            object_repr="x", action_flag=CHANGE,
        ),
        Authenticator(user=superuser, type=Authenticator.Type.WEBAUTHN, data={}),
        UserSession(**common, user_agent="x"),
        TokenUse(token=token, agent="x"),
        Attempt(delivery=scene.mail, started_at=now, outcome="refused"),
        Call(webhook=webhook, message_id="x", event="post.created", object_id=1, happened_at=now, due_at=now),
        Bounce(key="x", address="x", cause="mailbox", source="mail", received_at=now),
        Suppression(address="x", cause="mailbox", scored_at=now, since=now, last_at=now),
        Breaker(channel="email"),
        IncomingMail(key="x", sender="x", received_at=now, outcome="nobody"),
        JobRun(job="sweep", due_at=now, started_at=now, lease_until=now, worker="x"),
        Worker(name="x", host="x", pid=1, started_at=now, beat_at=now),
    ):  # fmt: skip
        if not type(row)._default_manager.exists():
            row.save()


def _copy(model: Any, first: Any, number: int) -> Any:
    """What may be there once only is of this number; what is one person's alone, of the copy of a person."""
    copy = model(**{field.attname: getattr(first, field.attname) for field in model._meta.concrete_fields})
    for field in _once(model):
        setattr(copy, field.attname, _another(field, getattr(first, field.attname), number))
    return copy


def _once(model: Any) -> Iterator[Any]:
    """Of fields that are unique together, one that can be another in each row."""
    for field in model._meta.concrete_fields:
        if field.unique:
            yield field
    for group in (
        *model._meta.unique_together,
        *(each.fields for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)),
    ):
        for name in group:
            field = model._meta.get_field(name)
            if _is_copied(field):
                yield field
                break


def _is_copied(field: Any) -> bool:
    if field.is_relation:
        return field.related_model._meta.label in (*BESIDE, *WRITTEN)
    return not field.choices


def _another(field: Any, value: Any, number: int) -> Any:
    if field.is_relation:
        return None if value is None else _another(field.target_field, value, number)
    if isinstance(field, models.DateTimeField):
        return value and value + timedelta(seconds=number + 1)
    if isinstance(field, models.CharField):
        return value and f"c{FIRST_COPY + number}"
    return value and FIRST_COPY + number


def fill(words: Words, *, rows: int) -> None:
    """Each field of each row holds the words for it and the row's number, as far as there is room."""
    for label, names in WRITTEN.items():
        model: Any = apps.get_model(label)
        if model is Entry:
            continue
        for number, row in enumerate(model._default_manager.order_by("-pk")):
            model._default_manager.filter(pk=row.pk).update(**_changed(model, names, words, number, rows))
    _write_entries(words, rows)


def _changed(model: Any, names: tuple[str, ...], words: Words, number: int, rows: int) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for name in names:
        text = words(f"{model._meta.label}.{name}", number % rows)
        if number >= rows:
            text += f" {number}"  # some may be there once only
        field = model._meta.get_field(name)
        if isinstance(field, models.EmailField):
            text = " ".join(text.split())  # no form lets an end of line through
        changed[name] = JSON[name](text) if name in JSON else text[: field.max_length]
    if "content" in changed and hasattr(model, "content_html"):
        changed["content_html"] = render_markdown(changed["content"])
    return changed


def _write_entries(words: Words, rows: int) -> None:
    """New ones, for nobody changes those that are there."""
    audit.record(audit.SIGN_IN, actor=User.objects.get(username="superuser"), target=("group", 7, "x"))
    first = Entry.objects.latest("pk")
    common = {
        field.attname: getattr(first, field.attname)
        for field in Entry._meta.concrete_fields
        if field.attname not in {"id", "mac", "position"}
    }
    Entry.objects.bulk_create(
        Entry(
            **common | _changed(Entry, WRITTEN["audit.Entry"], words, number, rows) | {"mac": token_bytes(32)}
        )
        for number in range(rows)
    )
