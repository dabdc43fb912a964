"""Writing one row: what is kept of it, cut to size, and nothing that is secret."""

import re
import secrets
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from notifications.transactions import acting

from . import chain
from .actions import Action, Outcome
from .models import ADDRESS, AGENT, LABEL, NAME, Entry
from .requests import Served, address_of, agent_of, served

Target = Model | tuple[str, object, str] | None

VALUE_LENGTH, ITEMS = 200, 20
# Parts of a key's name. Of a value nobody can tell what it is, so those who name it are watched.
_SECRET = {
    "password", "passwd", "passphrase", "secret", "token", "otp", "totp", "code", "codes", "pin", "cookie",
    "session", "key", "keys", "credential", "credentials", "authorization", "signature",
}  # fmt: skip


def write(
    action: Action,
    *,
    actor: Any,
    target: Target,
    outcome: Outcome,
    reason: str,
    request: HttpRequest | None,
    metadata: Mapping[str, Any],
) -> None:
    here = served()
    entry = entry_of(action, actor, target, outcome, reason, request, here, metadata)
    # A transaction that refuses is often undone, and the attempt with it: the row waits until all are over.
    if outcome == Outcome.REFUSED and here is not None and connection.in_atomic_block:
        here.left.append(partial(_save, entry))
    else:
        _save(entry)


def write_of_nobody(action: Action, *, target: Target, outcome: Outcome) -> None:
    """By the site itself: nothing of the request in which it happens to be done."""
    _save(entry_of(action, None, target, outcome, "", None, None, {}))


def who_of(entry: Entry) -> list[Any]:
    """Of whom and where, as its commitment takes it."""
    return [entry.actor_name, entry.address, entry.agent]


def what_of(entry: Entry) -> list[Any]:
    return [entry.target_label, entry.metadata]


def entry_of(
    action: Action,
    actor: Any,
    target: Target,
    outcome: Outcome,
    reason: str,
    request: Any,
    here: Served | None,
    metadata: Mapping[str, Any],
) -> Entry:
    """A row that proves itself, not saved yet."""
    request = request or (here.request if here else None)
    kind, pk, label = _named(target)
    person = actor if getattr(actor, "pk", None) else None
    entry = Entry(
        at=timezone.now(),
        action=action.name,
        outcome=outcome,
        reason=_text(reason, 24),
        actor_id=person.pk if person else None,
        target_type=_text(kind, 40),
        target_id=_text(pk, 64),
        request_id=here.number if here else "",
        actor_name=_text(_name_of(person), NAME) if person else "",
        address=_text(address_of(request), ADDRESS) if request else "",
        agent=_text(agent_of(request), AGENT) if request else "",
        target_label=_text(label, LABEL),
        metadata=_bounded(metadata),
        who_salt=(who_salt := secrets.token_bytes(chain.SALT_BYTES)),
        what_salt=(what_salt := secrets.token_bytes(chain.SALT_BYTES)),
    )
    entry.who_digest = chain.commitment(who_salt, who_of(entry))
    entry.what_digest = chain.commitment(what_salt, what_of(entry))
    entry.mac = chain.mac(chain.signing_keys()[0], entry.statement())
    return entry


def _save(entry: Entry) -> None:
    if connection.in_atomic_block:
        entry.save(force_insert=True)
    else:  # in its turn
        with acting():
            entry.save(force_insert=True)


def _named(target: Target) -> tuple[str, object, object]:
    if target is None:
        return "", "", ""
    if isinstance(target, tuple):
        return target
    name = target._meta.model_name or ""
    return name, target.pk, _name_of(target)


def _name_of(thing: Any) -> str:
    """Of a person both names: one may be changed the next day."""
    username = thing.get_username() if hasattr(thing, "get_username") else ""
    return f"{thing} (@{username})" if username and username != str(thing) else str(thing)


def _bounded(metadata: Mapping[str, Any]) -> dict[str, Any]:
    if len(metadata) > ITEMS:
        raise ValueError(f"more than {ITEMS} details")
    for key in metadata:
        if _SECRET & set(re.split(r"[^a-z]+", key.lower())) or not re.fullmatch("[a-z][a-z0-9_]{0,39}", key):
            raise ValueError(f"no name for a detail, or one of a secret: {key}")
    return {key: _value(value) for key, value in metadata.items()}


def _value(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:  # beyond that, readers of JSON differ
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_text(item, VALUE_LENGTH) for item in list(value)[:ITEMS]]
    return _text(value, VALUE_LENGTH)


def _text(value: object, length: int) -> str:
    """On one line, as every database keeps it."""
    text = str(value)[: 4 * length].encode("utf-8", "replace").decode()
    text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split())[:length]
