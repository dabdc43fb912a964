"""Answers that come to a mailbox, collected by IMAP where no mail server pipes them here.

What was served moves to one of two folders, and nothing is deleted. Where this dies in between, the message
is looked at again, and is known by then (`IncomingMail`).
"""

import imaplib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from django.conf import settings

from ..models import JobRun
from ..outgoing import holding
from ..upkeep.schedule import Rest
from .letter import SIZE_MAX
from .receiving import receive
from .verdict import TAKEN, TRY_AGAIN

JOB = "mailbox"
FOLDERS = {"served": "Belltower served", "refused": "Belltower refused"}
ANSWER_SECONDS = 10.0  # of the server, each time
WORK_SECONDS = 5.0  # of each turn; the rest waits for the next
TURN_SECONDS = 25.0  # then it is hung up on: what else the thread does must not wait for it
_SCHEMES = {"imaps": 993, "imap+tls": 143, "imap": 143}  # the last one without encryption


class Account(NamedTuple):
    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    @classmethod
    def of(cls, url: str) -> "Account":
        """imaps://user:password@host[:port][/folder]; what is special in them written as in any URL."""
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.hostname or not parts.username:
            raise ValueError("IMAP_URL is none such as imaps://user:password@mail.example/INBOX")
        return cls(
            parts.scheme, parts.hostname, parts.port or _SCHEMES[parts.scheme], unquote(parts.username),
            unquote(parts.password or ""), unquote(parts.path.strip("/")) or "INBOX",
        )  # fmt: skip


def take_a_turn(run: JobRun, rest: Rest) -> bool:
    """Serve what waits there, for a moment; True where more is left. The job's work."""
    if holding.is_held():
        return False  # a copy that is looked at somewhere must not take the answers away from the site
    until = time.monotonic() + WORK_SECONDS
    with _opened(Account.of(settings.IMAP_URL)) as mailbox:
        for uid in mailbox.waiting():
            if time.monotonic() >= until:
                return True
            raw = mailbox.fetch(uid)
            if raw is None:  # somebody else was faster
                continue
            code = receive(raw).code
            word = "later" if code == TRY_AGAIN else "served" if code == TAKEN else "refused"
            if word in FOLDERS:
                mailbox.move(uid, FOLDERS[word])
            run.counts[word] = run.counts.get(word, 0) + 1
            rest()
    return False


def count_waiting() -> int:
    """Signs in and looks, and leaves everything as it is."""
    with _opened(Account.of(settings.IMAP_URL), only_looks=True) as mailbox:
        return len(mailbox.waiting())


class _Mailbox:
    """One folder, selected. Raises imaplib's error where the server says no."""

    def __init__(self, link: imaplib.IMAP4, folder: str, *, only_looks: bool) -> None:
        self._link = link
        self._ask("SELECT", link.select(_quoted(folder), readonly=only_looks))
        self._prefix = "" if only_looks else self._personal_prefix()
        for name in () if only_looks else FOLDERS.values():
            link.create(_quoted(self._prefix + name))  # says no where it is there

    def waiting(self) -> list[str]:
        """By their numbers, the oldest first. What others marked as deleted is theirs."""
        [found] = self._ask("SEARCH", self._link.uid("SEARCH", "UNDELETED"))
        return sorted((found or b"").decode("ascii").split(), key=int)

    def fetch(self, uid: str) -> bytes | None:
        """Without marking it as read; of one that is too large, enough to see that."""
        data = self._ask("FETCH", self._link.uid("FETCH", uid, f"(BODY.PEEK[]<0.{SIZE_MAX + 1}>)"))
        return next((part[1] for part in data if isinstance(part, tuple)), None)

    def move(self, uid: str, name: str) -> None:
        folder = _quoted(self._prefix + name)
        if "MOVE" in self._link.capabilities:
            self._ask("MOVE", self._link.uid("MOVE", uid, folder))
            return
        self._ask("COPY", self._link.uid("COPY", uid, folder))
        self._ask("STORE", self._link.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
        if "UIDPLUS" in self._link.capabilities:  # without it others' would go too
            self._ask("EXPUNGE", self._link.uid("EXPUNGE", uid))

    def _personal_prefix(self) -> str:
        """Where one's own folders are (RFC 2342): some servers have all of them below INBOX."""
        if "NAMESPACE" not in self._link.capabilities:
            return ""
        [said] = self._ask("NAMESPACE", self._link.namespace())
        found = re.match(rb'\(\("([^"\\]*)"', said or b"")
        return found[1].decode("ascii", "ignore") if found else ""

    def _ask(self, what: str, answer: tuple[str, list[Any]]) -> list[Any]:
        kind, data = answer
        if kind != "OK":
            raise imaplib.IMAP4.error(f"{what}: {data!r}"[:300])
        return data


@contextmanager
def _opened(account: Account, *, only_looks: bool = False) -> Iterator[_Mailbox]:
    link = _connected(account)
    end = threading.Timer(TURN_SECONDS, _hang_up, [link])
    end.daemon = True
    end.start()
    try:
        if account.scheme == "imap+tls":
            link.starttls(ssl.create_default_context())
        link.login(_quoted(account.user), account.password)  # imaplib quotes the password alone
        yield _Mailbox(link, account.folder, only_looks=only_looks)
    finally:
        end.cancel()
        with suppress(OSError, imaplib.IMAP4.error):
            link.logout()


def _connected(account: Account) -> imaplib.IMAP4:
    if account.scheme == "imaps":
        context = ssl.create_default_context()  # imaplib's own checks no certificate
        return imaplib.IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=ANSWER_SECONDS)
    return imaplib.IMAP4(account.host, account.port, timeout=ANSWER_SECONDS)


def _hang_up(link: imaplib.IMAP4) -> None:
    with suppress(OSError):
        link.sock.shutdown(socket.SHUT_RDWR)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
