"""Text messages: handed over once, and not again where nobody knows what became of it.

What is sent is a code that is good for some minutes, or what needs somebody now: twice would cost, confuse,
and wake people. So a silence is the end of it, and what is too late is not sent at all.
"""

import json
import logging
import os
import re
import sys
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.utils import timezone

from .base import Answer, Result
from .outbound import ForbiddenError, NoAnswerError, NotSentError, Reply, post

logger = logging.getLogger(__name__)

SECONDS = 15.0
NOT_TAKEN = (408, 425, 429, 503)  # later, perhaps
OURS = (401, 402, 403)  # the key, or the account of this site


_PLACES = re.compile(r"(\{(?:to|text|key)\})")


class Text(NamedTuple):
    to: str  # +4915112345678
    words: str
    until: datetime  # afterwards it is of no use
    key: str  # the same for the same message, for gateways that know those


def send(text: Text, *, now: datetime | None = None) -> Answer:
    """Over the network, in no transaction. Never raises; SENT means that the gateway has taken it."""
    if (now or timezone.now()) >= text.until:
        return Answer(Result.REFUSED, "It was too late to be of use.")
    try:
        return BACKENDS[settings.SMS_BACKEND](text)
    except Exception as error:  # of a template, a disk, a name of no backend: nothing has left
        logger.exception("a text message could not be made")
        return Answer(Result.REFUSED, f"{type(error).__name__}: {error}")


def by_gateway(text: Text) -> Answer:
    body, content_type = filled(settings.SMS_GATEWAY_BODY, text)
    headers = {"Content-Type": content_type, "Idempotency-Key": text.key} | settings.SMS_GATEWAY_HEADERS
    try:
        return _judged(post(settings.SMS_GATEWAY_URL, body=body, headers=headers, seconds=SECONDS))
    except NotSentError as error:
        return Answer(Result.UNREACHABLE, f"{error}")
    except NoAnswerError as error:
        return Answer(Result.UNANSWERED, f"{error}")
    except ForbiddenError as error:
        return Answer(Result.OURS, f"{error}")


def _judged(reply: Reply) -> Answer:
    if 200 <= reply.status < 300:
        return Answer(Result.SENT, str(reply.status))
    if reply.status in NOT_TAKEN:
        return Answer(Result.LATER, reply.words, reply.wait_seconds(timezone.now()))
    if reply.status in OURS or reply.status < 400:
        return Answer(Result.OURS, reply.words)
    return Answer(Result.UNANSWERED if reply.status >= 500 else Result.REFUSED, reply.words)


def filled(template: str, text: Text) -> tuple[bytes, str]:
    """A body of JSON, or of a form, and what it is: {to}, {text} and {key} in its values."""
    words = {"{to}": text.to, "{text}": text.words, "{key}": text.key}
    if template.lstrip().startswith(("{", "[")):
        return json.dumps(_put(json.loads(template), words)).encode(), "application/json"
    fields = [(name, _put(value, words)) for name, value in parse_qsl(template, keep_blank_values=True)]
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _put(value: Any, words: dict[str, str]) -> Any:
    """Into values that are whole already, so that no word can end one."""
    if isinstance(value, dict):
        return {name: _put(each, words) for name, each in value.items()}
    if isinstance(value, list):
        return [_put(each, words) for each in value]
    if isinstance(value, str):
        return "".join(words.get(piece, piece) for piece in _PLACES.split(value))
    return value


def into_files(text: Text) -> Answer:
    """For a site without a gateway: each message becomes a file, whole or not at all."""
    folder = settings.SMS_FILE_PATH
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{timezone.now():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}.txt"
    (folder / f".{name}").write_text(f"To: {text.to}\n\n{text.words}\n", encoding="utf-8")
    os.replace(folder / f".{name}", folder / name)
    return Answer(Result.SENT, name)


def onto_the_console(text: Text) -> Answer:
    sys.stdout.write(f"To {text.to}: {text.words}\n")
    return Answer(Result.SENT)


BACKENDS: dict[str, Callable[[Text], Answer]] = {
    "files": into_files,
    "console": onto_the_console,
    "gateway": by_gateway,
}
