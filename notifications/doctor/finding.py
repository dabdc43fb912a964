"""What a check says: how bad it is, what was seen, and what to do."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection

SEEN_MAX = 400  # characters of what others said
_SECRET_NAME = re.compile("KEY|TOKEN|SECRET|PASSWORD")


class Level(Enum):
    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"


class Finding(NamedTuple):
    level: Level
    seen: str
    advice: str = ""


def ok(seen: str) -> Finding:
    return Finding(Level.OK, seen)


def warning(seen: str, advice: str) -> Finding:
    return Finding(Level.WARNING, seen, advice)


def failure(seen: str, advice: str) -> Finding:
    return Finding(Level.FAILURE, seen, advice)


def presentable(text: str, secrets: Iterable[str]) -> str:
    """One line for a terminal: without the secrets of this site, which a far end may repeat, and without
    control characters, which could make it say anything."""
    for secret in secrets:
        text = text.replace(secret, "[secret]")
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= SEEN_MAX else f"{line[:SEEN_MAX]} …"


def secrets_of_this_site() -> list[str]:
    """The longest first: one may be in another."""
    found = {settings.SECRET_KEY, settings.EMAIL_HOST_PASSWORD, settings.VAPID_PRIVATE_KEY}
    found |= {str(connection.settings_dict.get("PASSWORD") or "")}
    found |= {*settings.SECRET_KEY_FALLBACKS, *map(str, settings.SMS_GATEWAY_HEADERS.values())}
    found |= set(_of_provider(settings.ANYMAIL))
    for url in (settings.REDIS_URL, settings.CELERY_BROKER_URL, settings.IMAP_URL, settings.SMS_GATEWAY_URL):
        password = _password(url)
        found |= {password, unquote(password)}
    user = settings.EMAIL_HOST_USER
    signs_in = f"\0{user}\0{settings.EMAIL_HOST_PASSWORD}"
    found |= {_base64(secret) for secret in (*found, signs_in) if secret.strip("\0")}
    return sorted(filter(None, found), key=len, reverse=True)


def _of_provider(named: Mapping[str, Any]) -> Iterator[str]:
    """Of the settings of django-anymail, those that are called so: some are domains and addresses."""
    for name, value in named.items():
        if isinstance(value, Mapping):
            yield from _of_provider(value)
        elif _SECRET_NAME.search(name.upper()):
            for secret in [value] if isinstance(value, str) else value:
                yield from (str(secret), str(secret).partition(":")[2])  # as user:password, likewise


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
