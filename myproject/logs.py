"""How a line of the log is written: for people to read, or as JSON for programs.

Whatever is said, by us or by a library: no line holds what opens something, nor where a person is reached.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from .log_fields import known, of_request

FORMATS = ("text", "json")
MESSAGE_MAX, EXCEPTION_MAX = 2_000, 12_000  # characters: what collects lines breaks them at 16 KB
FIELDS = (
    "request_id", "user_id", "event_id", "event_ids", "delivery_id", "method", "path", "status",
    "duration_ms", "channel", "outcome", "reason", "attempts", "trace_id",
)  # fmt: skip

# In addresses: what proves an email address, chooses a new password, ends a subscription. A mail program
# spoils such a link, Django logs that there is no such page, and what is left of the link may be good.
_KEY = re.compile(r"(?<=/)(?=[^/\s]*\d)[\w.:=~-]{20,}")
# Whoever sends a long text without an end finds no slow place: a match begins at the start of a word alone,
# and gives back nothing. Passwords in front of a host go the same way.
_MAILBOX = re.compile(
    r"""(?<![^\s@<>"'(),;:/=\[\]\\])(?:[^\s@<>"'(),;:/=\[\]\\%]|%(?!40))++(@|%40)(?=[\w\[])"""
)
_PHONE = re.compile(
    r"(?<![\w.+])(?:\+|%2B)[1-9](?:[ ()/.-]{0,2}\d){6,14}(?!\d)|(?<![\w.,:+-])0[1-9](?:[ -]?\d){6,13}(?!\w)"
)


def masked(text: str) -> str:
    """Of an address its domain is left: that tells which provider it was."""
    if "@" in text or "%40" in text:
        text = _MAILBOX.sub(r"…\1", text)
    return _KEY.sub("…", _PHONE.sub("+…", text))


class LineFormatter(logging.Formatter):
    """For people."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class JsonFormatter(logging.Formatter):
    """One line a record, in ASCII: no text that anybody sent can end the line or begin another field."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        said = {
            "time": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(_message(record))[:MESSAGE_MAX],
        }
        fields = _fields(record)
        said |= {name: fields[name] for name in FIELDS if fields.get(name) is not None}
        if "path" in said:
            said["path"] = masked(said["path"])[:MESSAGE_MAX]
        if record.exc_info:
            said["exception"] = masked(self.formatException(record.exc_info))[-EXCEPTION_MAX:]
        return _encode(said)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a caller's mistake; what logging would write of it takes many lines
        return f"{record.msg} {record.args}"


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What is nearer goes first: the line's own, then its request's, then what is known around it."""
    around, own = known(), vars(record)
    request = own.get("request") if hasattr(own.get("request"), "META") else around.get("request")
    found = {**around, **of_request(request), **own} if request is not None else {**around, **own}
    if "status_code" in own:  # as Django calls it
        found["status"] = own["status_code"]
    return found


_encode = json.JSONEncoder(default=str).encode


def configuration(*, form: str, level: str) -> dict[str, Any]:
    """For `logging.config`. As JSON, the server's own lines too, one for each request, and the trail of each
    notification; whoever reads with their eyes would see nothing else."""
    trails = level if form == "json" else "WARNING"
    loggers = {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "fido2": {"level": "WARNING"},  # below, it names each passkey that is used
        "opentelemetry.exporter": {"level": "ERROR"},  # below, each try of each batch that goes nowhere
        "myproject.access": {"level": trails},
        "notifications.trail": {"level": trails},
    }
    if form == "json":
        # The server has set up its own before it loads the application. Its line of a request has the query,
        # in which a ticket may be; ours stands instead.
        loggers |= {
            "uvicorn": {"handlers": ["console"], "level": "INFO", "propagate": False},
            "uvicorn.access": {"handlers": [], "propagate": False},
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "text": {
                "()": LineFormatter,
                "format": "{asctime} {levelname} {name}: {message}",
                "style": "{",
            },
            "json": {"()": JsonFormatter},
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": loggers,
    }
