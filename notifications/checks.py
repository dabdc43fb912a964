"""System checks: a setting that cannot work is said at start, by name."""

import re
import sqlite3
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connection
from django.utils import timezone

from .channels import texting
from .channels.outbound import ForbiddenError, Place
from .incoming.addresses import NAME_MAX
from .incoming.mailbox import Account
from .incoming.provider import PROVIDERS, webhook_of

EXECUTORS = ("threads", "celery", "inline")
BROKERS = ("redis://", "rediss://", "amqp://", "amqps://")
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
    if settings.NOTIFICATION_EXECUTOR == "celery":
        errors += _check_celery()
    if not settings.NOTIFICATION_RETRY_SECONDS or min(settings.NOTIFICATION_RETRY_SECONDS) < 0:
        errors.append(
            Error(
                "NOTIFICATION_RETRY_SECONDS must be a list of waits in seconds, such as 60,300,1800.",
                id="notifications.E002",
            )
        )
    errors += _check_outbound()
    if settings.MAIL_PROVIDER and webhook_of(settings.MAIL_PROVIDER) is None:
        errors.append(
            Error(
                f"MAIL_PROVIDER is {settings.MAIL_PROVIDER!r}, and its webhooks cannot be taken.",
                hint=f"It is one of {', '.join(PROVIDERS)}, and needs MAIL_PROVIDER_SECRET=user:password; "
                "some need a key in ANYMAIL as well.",
                id="notifications.E010",
            )
        )
    for setting, number in (("REPLY_ADDRESS", 4), ("BOUNCE_ADDRESS", 9)):
        address = getattr(settings, setting)
        name, _at, host = address.partition("@")
        if address and not (host and re.fullmatch(rf"[A-Za-z0-9._-]{{1,{NAME_MAX}}}", name)):
            errors.append(
                Error(
                    f"{setting} is {address!r}.",
                    hint=f"Use one such as reply@lists.example: up to {NAME_MAX} letters before the @, no +.",
                    id=f"notifications.E{number:03}",
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


def _check_celery() -> list[CheckMessage]:
    messages: list[CheckMessage] = []
    if not settings.CELERY_BROKER_URL.startswith(BROKERS):
        messages.append(
            Error(
                "NOTIFICATION_EXECUTOR is 'celery', and CELERY_BROKER_URL names no Redis or RabbitMQ."
                if settings.CELERY_BROKER_URL  # and is not shown: it may hold a password
                else "NOTIFICATION_EXECUTOR is 'celery', and CELERY_BROKER_URL is not set.",
                hint="Use one such as redis://localhost:6379/1 or amqp://user:password@localhost:5672//.",
                id="notifications.E011",
            )
        )
    if connection.vendor == "sqlite":
        messages.append(
            Warning(
                "NOTIFICATION_EXECUTOR is 'celery' on SQLite, where several processes wait for each other.",
                hint="Use PostgreSQL by DATABASE_URL.",
                id="notifications.W001",
            )
        )
    if not settings.REDIS_URL:
        messages.append(
            Warning(
                "NOTIFICATION_EXECUTOR is 'celery' without REDIS_URL: open pages are told some seconds late.",
                hint="Set REDIS_URL; the Redis of the broker does for it.",
                id="notifications.W002",
            )
        )
    return messages


def _check_outbound() -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    try:
        for network in settings.OUTBOUND_MAY_REACH:
            ip_network(network)
    except ValueError as error:
        errors.append(
            Error(
                f"OUTBOUND_MAY_REACH: {error}.",
                hint="Use networks such as 192.168.1.0/24.",
                id="notifications.E006",
            )
        )
    if settings.SMS_BACKEND and settings.SMS_BACKEND not in texting.BACKENDS:
        errors.append(
            Error(
                f"SMS_BACKEND is {settings.SMS_BACKEND!r}.",
                hint=f"Use one of: {', '.join(texting.BACKENDS)}; or nothing.",
                id="notifications.E007",
            )
        )
    elif settings.SMS_BACKEND == "gateway" and not _is_filled():
        errors.append(
            Error(
                "SMS_BACKEND is gateway, and SMS_GATEWAY_URL, _HEADERS or _BODY does not do for one.",
                hint="See .env.example for what they look like.",
                id="notifications.E008",
            )
        )
    return errors


def _is_filled() -> bool:
    """Whether a message could be made for the gateway."""
    try:
        Place.of(settings.SMS_GATEWAY_URL)
        body, _type = texting.filled(
            settings.SMS_GATEWAY_BODY, texting.Text("+4", "Hello", timezone.now(), "1")
        )
    except (ForbiddenError, ValueError):
        return False
    headers = settings.SMS_GATEWAY_HEADERS
    return (
        b"Hello" in body and isinstance(headers, dict) and all(isinstance(v, str) for v in headers.values())
    )
