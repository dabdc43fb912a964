"""One message, one recipient, step by step: at each step it is known what a failure there means.

Django's backend and smtplib's `sendmail` raise the same exception for a link that broke before the
message was handed over and after. Here the point of no return (RFC 5321 §4.2.5, the final dot) is ours.
"""

from typing import Any, NamedTuple

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from .base import Answer, Result
from .smtp_wire import TOTAL_SECONDS, Deadline, NotReadyError, Wire, opened, words_of

_SIGN_IN = {530, 534, 535, 538}  # about who we are, whatever they answer (RFC 4954)
_GOING = 421  # the server ends the connection, not the message


class _Letter(NamedTuple):
    sender: str
    recipient: str
    body: bytes  # dot-stuffed, without the final dot

    @classmethod
    def of(cls, message: EmailMessage) -> "_Letter":
        encoding = message.encoding or "utf-8"
        mime: Any = message.message()  # Django's own, which knows `linesep`
        return cls(
            sanitize_address(message.from_email, encoding),
            sanitize_address(message.to[0], encoding),
            _dotted(mime.as_bytes(linesep="\r\n")),
        )


class SmtpLink:
    """One connection to the mail server, reused from message to message."""

    def __init__(self, backend: EmailBackend) -> None:
        self._backend = backend
        self._wire: Wire | None = None

    def hand_over(self, message: EmailMessage) -> Answer:
        """Never raises."""
        try:
            letter = _Letter.of(message)
        except Exception as error:
            return Answer(Result.LATER, words_of(error))
        deadline = Deadline(TOTAL_SECONDS)
        if self._wire is not None:
            self._wire.deadline = deadline
            answer = self._transact(self._wire, letter, is_kept=True)
            if answer is not None:
                return answer
        try:
            self._wire = opened(self._backend, deadline)
        except NotReadyError as error:
            return error.answer
        answer = self._transact(self._wire, letter, is_kept=False)
        return answer or Answer(Result.LATER, "The server hung up.")

    def close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.part()

    def _transact(self, wire: Wire, letter: _Letter, *, is_kept: bool) -> Answer | None:
        """None where the server had enough of a kept connection, before it heard of this message."""
        has_heard = handed_over = False
        try:
            code, words = wire.mail(letter.sender)
            if is_kept and code == _GOING:
                self._hang_up()
                return None
            has_heard = True
            if code // 100 != 2:
                # Whom it is from is the same for all, and ours to set right.
                return self._turned_down(code, words, refused=Result.OURS)
            code, words = wire.rcpt(letter.recipient)
            if code // 100 != 2:
                return self._turned_down(code, words, address=letter.recipient)
            code, words = wire.docmd("DATA")
            if code != 354:
                return self._turned_down(code, words, address=letter.recipient)
            wire.send(letter.body)
            handed_over = True
            wire.send(b".\r\n")
            code, words = wire.getreply()
            if code // 100 == 2:
                return Answer(Result.SENT, _said(code, words))
            if code == -1:
                self._hang_up()
                return Answer(Result.UNANSWERED, _said(code, words))
            return self._turned_down(code, words, address=letter.recipient)
        except Exception as error:
            self._hang_up()
            if is_kept and not has_heard:
                return None
            return Answer(Result.UNANSWERED if handed_over else Result.LATER, words_of(error))

    def _turned_down(
        self, code: int, words: bytes, refused: Result = Result.REFUSED, address: str = ""
    ) -> Answer:
        """5xx is for good, the rest is for now. RSET, so that the connection serves the next message."""
        try:
            if code in (-1, _GOING) or self._wire is None or self._wire.rset()[0] != 250:
                self._hang_up()
        except Exception:
            self._hang_up()
        if code in _SIGN_IN:
            return Answer(Result.OURS, _said(code, words))
        if code < 500:
            return Answer(Result.LATER, _said(code, words))
        return Answer(refused, _said(code, words), address=address)

    def _hang_up(self) -> None:
        wire, self._wire = self._wire, None
        if wire is not None:
            wire.hang_up()


def _dotted(body: bytes) -> bytes:
    """Dot-stuffed (RFC 5321 §4.5.2), and ended by a line of its own for the final dot."""
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _said(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"
