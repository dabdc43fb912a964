"""Whether a person wrote a message, and the one who is said to. Machines answer machines."""

import re
from email.utils import parseaddr

from django.conf import settings

from ..composing.headers import host
from .addresses import token_in
from .letter import Letter

_OF_ROBOTS = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
_OF_LISTS = ("List-Id", "List-Post", "List-Unsubscribe", "Mailing-List")
_PRECEDENCE = {"bulk", "junk", "list", "auto_reply"}
_ROBOTS = {"mailer-daemon", "noreply", "no-reply", "donotreply"}
_OUR_NAME = re.compile(r"<email\.[\w.-]+\.\d+@([\w.-]+)>")  # composing/headers.py makes them
_AWAY = re.compile(
    r"(auto(matic|matische)?[ -:]*(reply|response|antwort|responder)\b|out of (the )?office\b|abwesenheit)",
    re.I,
)
_RESULT = re.compile(r"\b(dmarc|dkim|spf)\s*=\s*(\w+)((?:\s+[\w.-]+\s*=\s*[^\s;]+)*)", re.I)
_DOMAIN = re.compile(r"\b(?:header\.d|header\.i|smtp\.mailfrom)\s*=\s*(?:[^\s;@]*@)?([\w.-]+)", re.I)
_COMMENT = re.compile(r"\([^()]*\)")


def why_automatic(letter: Letter) -> str:
    """What says that no person wrote it; empty where nothing does. Such mail is never answered (RFC 3834)."""
    if letter.header("Auto-Submitted").lower() not in ("", "no"):
        return "Auto-Submitted"
    if letter.header("Precedence").lower() in _PRECEDENCE:
        return "Precedence"
    for name in (*_OF_ROBOTS, *_OF_LISTS):
        if letter.header(name):
            return name
    if letter.return_path == "":
        return "null return path"
    if letter.message.get_content_type() == "multipart/report":
        return "a report"
    if letter.writer.partition("@")[0] in _ROBOTS or _is_ours(letter):
        return "From"
    if (named := _OUR_NAME.fullmatch(letter.name)) and named[1] == host():
        return "Message-ID"  # a mail of this site that came back
    return "Subject" if _AWAY.match(letter.header("Subject")) else ""


def is_authentic(letter: Letter) -> bool:
    """Whether our mail server found that it comes from where it says; True where the site trusts none to say.

    Only the topmost result of that server counts: it is for the server to remove what came under its name.
    """
    if not settings.REPLY_AUTHSERV_ID:
        return True
    for results in letter.headers("Authentication-Results"):
        server, _semicolon, said = _COMMENT.sub(" ", results).partition(";")
        if server.split()[:1] == [settings.REPLY_AUTHSERV_ID]:
            return _passes(said, letter.writer.rpartition("@")[2])
    return False


def _passes(results: str, domain: str) -> bool:
    """By DMARC; where its domain has none, by a signature or a server of the same organisation."""
    aligned = False
    for method, result, properties in _RESULT.findall(results):
        if method.lower() == "dmarc" and result.lower() in ("pass", "fail"):
            return bool(result.lower() == "pass")
        if result.lower() == "pass":
            aligned |= any(_is_related(found.lower(), domain) for found in _DOMAIN.findall(properties))
    return aligned


def _is_related(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _is_ours(letter: Letter) -> bool:
    own = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].lower()
    return letter.writer == own or token_in(letter.writer) is not None
