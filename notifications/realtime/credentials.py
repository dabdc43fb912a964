"""What a stream was opened with, and whether it still opens the door. Asked for many at once.

Plain queries instead of a request through Django: a storm of reconnecting browsers is served in batches.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone
from knox.crypto import hash_token
from knox.models import get_token_model
from knox.settings import CONSTANTS

from ..sql import among


@dataclass(frozen=True, slots=True)
class Credential:
    """A session of a browser, or a token of the API."""

    person_id: int
    session: str  # its key; empty for a token
    token: str  # its digest; empty for a session
    password: bytes  # a mark of the password that was good then: changing it closes the streams


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request brought along: one of them, unchecked."""

    session: str = ""
    token: str = ""


def mark_of(password: str) -> bytes:
    return blake2s(password.encode(), digest_size=8).digest()


def check(presented: Sequence[Presented]) -> list[Credential | None]:
    """Who each is, or None; in the order given. Three queries, whatever their number."""
    sessions = _sessions({each.session for each in presented if each.session})
    tokens = _tokens({each.token for each in presented if each.token})
    claimed = {data.get(SESSION_KEY) for data in sessions.values()} | {pk for pk, _digest in tokens.values()}
    people = _people(claimed)

    def who(each: Presented) -> Credential | None:
        if each.token:
            person_id, digest = tokens.get(each.token, (None, ""))
            person = people.get(person_id)
            return Credential(person.pk, "", digest, mark_of(person.password)) if person else None
        data = sessions.get(each.session, {})
        person = people.get(_number(data.get(SESSION_KEY)))
        if person is None or not _is_of(data, person):
            return None
        return Credential(person.pk, each.session, "", mark_of(person.password))

    return [who(each) for each in presented]


def lost(credentials: Collection[Credential]) -> set[Credential]:
    """Those that are no good any more: signed out, expired, revoked, another password, deactivated."""
    now = timezone.now()
    sessions = set(
        Session.objects.filter(
            session_key__in=among({each.session for each in credentials}, "text"), expire_date__gt=now
        ).values_list("session_key", flat=True)
    )
    tokens = set(
        get_token_model()
        .objects.filter(digest__in=among({each.token for each in credentials}, "text"))
        .exclude(expiry__lte=now)
        .values_list("digest", flat=True)
    )
    people = _people({each.person_id for each in credentials})
    return {
        each
        for each in credentials
        if each.person_id not in people
        or mark_of(people[each.person_id].password) != each.password
        or (each.session not in sessions if each.session else each.token not in tokens)
    }


def _sessions(keys: Collection[str]) -> dict[str, dict[str, Any]]:
    if not keys:
        return {}
    rows = Session.objects.filter(session_key__in=among(keys, "text"), expire_date__gt=timezone.now())
    return {row.session_key: row.get_decoded() for row in rows}


def _tokens(secrets: Collection[str]) -> dict[str, tuple[int, str]]:
    """The secret → whose it is, and its digest."""
    if not secrets:
        return {}
    keys = {secret[: CONSTANTS.TOKEN_KEY_LENGTH] for secret in secrets}
    rows = get_token_model().objects.filter(token_key__in=among(keys, "text"))
    stored = dict(rows.exclude(expiry__lte=timezone.now()).values_list("digest", "user_id"))
    digests = ((secret, hash_token(secret)) for secret in secrets)
    return {secret: (stored[digest], digest) for secret, digest in digests if digest in stored}


def _people(ids: Iterable[Any]) -> Mapping[int | None, Any]:
    """The active ones of them."""
    numbers = {number for pk in ids if (number := _number(pk)) is not None}
    if not numbers:
        return {}
    rows = get_user_model().objects.filter(pk__in=among(numbers), is_active=True).only("password")
    return {row.pk: row for row in rows}


def _number(pk: Any) -> int | None:
    try:
        return int(pk)
    except (TypeError, ValueError):
        return None


def _is_of(data: Mapping[str, Any], person: Any) -> bool:
    """As `django.contrib.auth.get_user` judges a session."""
    known = str(data.get(HASH_SESSION_KEY) or "")
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS and any(
        compare_digest(known.encode(), each.encode()) for each in hashes
    )
