"""What somebody wrote, out of everything that a mail holds.

Their program put the mail they answer below it or above, a line that says whose words those are, and a
signature. Who quoted what is found by mail-parser-reply, which knows how programs say it in many
languages. Its rules for signatures are not used: for them "Thanks, …" and a list are the beginning of one.
"""

import re
from collections.abc import Iterator
from email.message import Message

from mailparser_reply import EmailReplyParser

from . import html_text

LANGUAGES = ["en", "de", "fr", "es", "it", "nl"]
LENGTH_MAX = 30_000  # more is no comment; and patterns take their time
_LINE_MAX = 300  # of what patterns see of a line
# What programs put above the mail that is answered, and the library does not know.
_DIVIDER = re.compile(
    r"\s*(_{10,}|-{2,} ?(original message|ursprüngliche nachricht|urspr\. nachricht|original-nachricht"
    r"|forwarded message|weitergeleitete nachricht|reply message|antwort) ?-{2,}.*"
    r"|.{3,100} schrieb am .{6,80}:|.{3,80} <[^<>\s]+@[^<>\s]+> (schrieb|wrote):)\s*",
    re.I,
)
_WRAPPED_DIVIDER = re.compile(
    r".{3,100} <[^<>\s]+@[^<>\s]+> schrieb am .{6,80}"
)  # and goes on in the next line
_SIGNATURE = re.compile(r"\s*--\s?")  # RFC 3676 §4.3; some programs lose the space
_SENT_FROM = re.compile(
    r"\s*(sent (from|via|with) |get outlook for |von meinem .{1,40} gesendet|gesendet (von|mit|über) "
    r"|diese nachricht wurde von meinem |outlook für (ios|android)|holen sie sich outlook ).{0,120}",
    re.I,
)
_SENT_FROM_LINES = 6  # as near to the end
_WRAPPED_AT = 72  # columns: a line to which the next word would not have fitted was broken by a program
_OWN_LINE = re.compile(r"\s*([-*+•>#|]|\d{1,3}[.)]|```|$)")


def written(message: Message) -> str:
    """Plain text; empty where nothing of theirs is left."""
    plain, html = _part(message, "text/plain"), _part(message, "text/html")
    text = _plain_text(plain) if plain is not None else ""
    if not text.strip() and html is not None:
        text = html_text.text_of(_decoded(html))
    return _own_words(text[:LENGTH_MAX])


def attachments(message: Message) -> int:
    """Of whatever kind."""
    return sum(not part.is_multipart() and not _is_text(part) for part in message.walk())


def _part(message: Message, content_type: str) -> Message | None:
    return next((p for p in message.walk() if _is_text(p) and p.get_content_type() == content_type), None)


def _is_text(part: Message) -> bool:
    is_attached = part.get_content_disposition() == "attachment" or part.get_filename()
    return part.get_content_type() in ("text/plain", "text/html") and not is_attached


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    for charset in (_charset(part), "utf-8"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("cp1252", "replace")


def _charset(part: Message) -> str:
    try:
        named = part.get_content_charset() or "utf-8"
    except (LookupError, UnicodeError, ValueError):
        named = "utf-8"
    if named in ("us-ascii", "ascii"):
        return "utf-8"  # says nothing about other characters, if there are any
    return "cp1252" if named in ("iso-8859-1", "latin-1") else named  # Windows' form of it is meant


def _plain_text(part: Message) -> str:
    lines = _decoded(part).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if str(part.get_param("format", "")).lower() == "flowed":
        return "\n".join(_flowed(lines, delete_space=str(part.get_param("delsp", "")).lower() == "yes"))
    return "\n".join(lines)


def _flowed(lines: list[str], *, delete_space: bool) -> Iterator[str]:
    """Paragraphs as they were before they were cut (RFC 3676)."""
    row: str | None = None
    for line in lines:
        is_quoted = line.startswith(">")
        line = line.removeprefix(" ")
        if row is not None and (is_quoted or line == "-- "):
            yield row
            row = None
        if is_quoted or line == "-- ":
            yield line
            continue
        row = (row or "") + line
        if not line.endswith(" "):
            yield row
            row = None
        elif delete_space:
            row = row[:-1]
    if row is not None:
        yield row


def _own_words(text: str) -> str:
    lines = text.replace("\x00", "").replace("\u00a0", " ").strip("\n").split("\n")
    lines = _above(_above(lines, _DIVIDER), _WRAPPED_DIVIDER)
    own = _before_what_is_answered(lines) or _among_what_is_answered(lines)
    own = _above([line for line in own if not line.lstrip().startswith(">")], _SIGNATURE)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_unwrapped(_without_sent_from(own)))).strip()


def _above(lines: list[str], divider: re.Pattern[str]) -> list[str]:
    """Those before the first such line; all, where there is none."""
    cut = next((n for n, line in enumerate(lines) if divider.fullmatch(line[:_LINE_MAX])), len(lines))
    return lines[:cut]


def _before_what_is_answered(lines: list[str]) -> list[str]:
    """The library sees lines that are not too long for its patterns; the same ones are then ours."""
    seen = "\n".join(line[:_LINE_MAX].strip() for line in lines)
    first = EmailReplyParser(languages=LANGUAGES).read(seen).replies[0]
    if first.headers:
        return []  # nothing stands above the quotation
    start = next((n for n, line in enumerate(lines) if line.strip()), 0)
    return lines[start : start + first.content.count("\n") + 1] if first.content else []


def _among_what_is_answered(lines: list[str]) -> list[str]:
    """Whoever answers below a quotation, or in it: what is not marked as quoted."""
    first = next((n for n, line in enumerate(lines) if line.startswith(">")), len(lines))
    return lines[first:]


def _without_sent_from(lines: list[str]) -> list[str]:
    end = max((number for number, line in enumerate(lines, 1) if line.strip()), default=0)
    tail = max(0, end - _SENT_FROM_LINES)
    return lines[:tail] + _above(lines[tail:end], _SENT_FROM)


def _unwrapped(lines: list[str]) -> Iterator[str]:
    """Without the breaks of programs that cut each line at its 72nd column or so: here they would show."""
    row = ""
    for number, line in enumerate(lines):
        row = f"{row} {line.strip()}" if row else line.rstrip()
        following = lines[number + 1] if number + 1 < len(lines) else ""
        next_word = following.split(" ", 1)[0]
        fits = len(line.rstrip()) + 1 + len(next_word) <= _WRAPPED_AT
        if fits or len(line) > 80 or _OWN_LINE.match(following):
            yield row
            row = ""
    if row:
        yield row
