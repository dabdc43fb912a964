"""What a report says became of a mail: it failed, is late, or was marked as unwanted.

Those of mail servers (RFC 3464), and of two that say it in a form of their own: Exim and qmail. Those of
providers whose users complain (RFC 5965). Whom it is about is not read here: anybody may write anything.
"""

import re
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from typing import NamedTuple

from ..bouncing.causes import cause_of
from ..models import Cause
from .letter import Letter

_TEXT_MAX = 20_000
_PARTS_MAX = 20
_WORDS_MAX = 2_000
_QMAIL = re.compile(r"\s*Hi\. This is the .{1,200}\n", re.I)
_QMAIL_SAYS = re.compile(r"^<[^>\n]{3,254}>:\s*\n(.{1,2000}?)(\n\s*\n|\Z)", re.M | re.S)
_GIVEN_UP = ("this is a permanent error", "given up", "i'm not going to try again")
_EXIM_SAYS = re.compile(r"^ {2}\S+@\S+\s*\n((?: {4}.*\n?){1,20})", re.M)


class Report(NamedTuple):
    what: str  # "failed", "delayed" or "complaint": of one mail each is told once
    cause: Cause
    words: str = ""
    senders: tuple[str, ...] = ()  # of a complaint: what may be the envelope sender of the mail it is about


def report_in(letter: Letter) -> Report | None:
    message = letter.message
    if message.get_content_type() == "multipart/report":
        parts = list(_parts(message))
        kinds = {part.get_content_type(): part for part in reversed(parts)}
        if "message/feedback-report" in kinds:
            return _complaint(kinds["message/feedback-report"], parts)
        if "message/delivery-status" in kinds:
            return _status(kinds["message/delivery-status"])
    return _of_exim(letter) or _of_qmail(letter)


def _status(part: Message) -> Report | None:
    """One mail goes to one address: what is worst is what became of it."""
    blocks = [block for block in _blocks(part) if block.get("Action")]
    for action in ("failed", "delayed"):
        for block in blocks:
            if _field(block, "Action").lower() == action:
                said = _field(block, "Diagnostic-Code").partition(";")
                words, code = (said[2] or said[0]).strip(), _field(block, "Status")
                cause = Cause.DELAYED if action == "delayed" else cause_of(words, code=code)
                return Report(action, cause, words or code)
    return None


def _complaint(part: Message, parts: list[Message]) -> Report | None:
    """Other feedback than abuse asks for nothing."""
    [fields] = list(_blocks(part))[:1] or [Message()]
    if _field(fields, "Feedback-Type").lower() != "abuse":
        return None
    senders = [_field(fields, "Original-Mail-From")]
    for original in parts:
        if original.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            senders += [_field(block, "Return-Path") for block in list(_blocks(original))[:1]]
    words = _field(fields, "User-Agent")
    return Report("complaint", Cause.COMPLAINT, words, tuple(sender for sender in senders if sender))


def _of_exim(letter: Letter) -> Report | None:
    if not letter.header("X-Failed-Recipients"):
        return None
    text = _text_of(letter.message)
    found = _EXIM_SAYS.search(text)
    words = " ".join((found[1] if found else text)[:_WORDS_MAX].split())
    return Report("failed", cause_of(words), words)


def _of_qmail(letter: Letter) -> Report | None:
    text = _text_of(letter.message)
    if not _QMAIL.match(text) or not any(words in text.lower() for words in _GIVEN_UP):
        return None
    found = _QMAIL_SAYS.search(text)
    words = " ".join(found[1].split()) if found else ""
    return Report("failed", cause_of(words), words)


def _parts(message: Message) -> Iterator[Message]:
    payload = message.get_payload()
    if isinstance(payload, list):
        yield from (part for part in payload[:_PARTS_MAX] if isinstance(part, Message))


def _blocks(part: Message) -> Iterator[Message]:
    """Of fields. The parser makes messages of them where it takes the part for one."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload[:_PARTS_MAX] if isinstance(block, Message))
        return
    for text in re.split(r"\n\s*\n", _decoded(part).replace("\r\n", "\n"))[:_PARTS_MAX]:
        yield message_from_string(text.strip() + "\n\n")


def _field(block: Message, name: str) -> str:
    return " ".join(str(block.get(name, ""))[:_WORDS_MAX].split())


def _text_of(message: Message) -> str:
    texts = (part for part in [message, *_parts(message)] if part.get_content_type() == "text/plain")
    return next((_decoded(part).replace("\r\n", "\n") for part in texts), "")


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload[:_TEXT_MAX].decode("utf-8", "replace") if isinstance(payload, bytes) else ""
