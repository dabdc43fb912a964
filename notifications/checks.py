"""System checks: a setting that cannot work is said at start, by name."""

import sqlite3
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import connection

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
    if connection.vendor == "sqlite" and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        errors.append(
            Error(
                f"SQLite {sqlite3.sqlite_version} is too old; 3.38 or newer is needed.",
                hint="Use a newer Python, or PostgreSQL by DATABASE_URL.",
                id="notifications.E003",
            )
        )
    return errors
