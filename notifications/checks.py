"""System checks: a setting that cannot work is said at start, by name."""

import re
import sqlite3
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import connection

from .incoming.addresses import NAME_MAX
from .incoming.mailbox import Account

EXECUTORS = ("threads", "inline")
OLDEST_SQLITE = (3, 38, 0)  # RETURNING, UPDATE … FROM, and ->> on JSON


@register()
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    if settings.NOTIFICATION_EXECUTOR not in EXECUTORS:
        errors.append(
            Error(
                f"NOTIFICATION_EXECUTOR is {settings.NOTIFICATION_EXECUTOR!r}.",
                hint=f"Use one of: {', '.join(EXECUTORS)}.",
                id="notifications.E001",
            )
        )
    if not settings.NOTIFICATION_RETRY_SECONDS or min(settings.NOTIFICATION_RETRY_SECONDS) < 0:
        errors.append(
            Error(
                "NOTIFICATION_RETRY_SECONDS must be a list of waits in seconds, such as 60,300,1800.",
                id="notifications.E002",
            )
        )
    name, _at, host = settings.REPLY_ADDRESS.partition("@")
    if settings.REPLY_ADDRESS and not (host and re.fullmatch(rf"[A-Za-z0-9._-]{{1,{NAME_MAX}}}", name)):
        errors.append(
            Error(
                f"REPLY_ADDRESS is {settings.REPLY_ADDRESS!r}.",
                hint=f"Use one such as reply@lists.example: at most {NAME_MAX} letters before the @, no +.",
                id="notifications.E004",
            )
        )
    try:
        if settings.IMAP_URL:
            Account.of(settings.IMAP_URL)
    except ValueError:
        errors.append(
            Error(
                "IMAP_URL names no mailbox.",  # and is not shown: it holds a password
                hint="Use one such as imaps://user:password@mail.example/INBOX.",
                id="notifications.E005",
            )
        )
    if connection.vendor == "sqlite" and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        errors.append(
            Error(
                f"SQLite {sqlite3.sqlite_version} is too old; 3.38 or newer is needed.",
                hint="Use a newer Python, or PostgreSQL by DATABASE_URL.",
                id="notifications.E003",
            )
        )
    return errors
