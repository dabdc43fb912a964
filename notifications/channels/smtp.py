"""One message, one recipient, step by step: at each step it is known what a failure there means.

Django's backend and smtplib's `sendmail` raise the same exception for a link that broke before the
message was handed over and after. Here the point of no return (RFC 5321 §4.2.5, the final dot) is ours.
"""

import smtplib
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import sanitize_address

from .base import Answer, Result


def hand_over_by_smtp(connection: Any, message: EmailMessage) -> Answer:
    """`connection`: Django's mail backend; any but SMTP either takes a message or raises."""
    if not isinstance(connection, SmtpBackend):
        try:
            connection.send_messages([message])
        except Exception as error:
            return Answer(Result.LATER, f"{type(error).__name__}: {error}")
        return Answer(Result.SENT)
    try:
        smtp = _ready(connection)
    except (OSError, smtplib.SMTPException) as error:
        connection.connection = None
        return Answer(Result.UNREACHABLE, _words(error))
    return _transact(connection, smtp, message)


def _ready(connection: Any) -> smtplib.SMTP:
    """An open connection; a kept one that the server has closed meanwhile is opened anew."""
    kept: smtplib.SMTP | None = connection.connection
    if kept is not None:
        try:
            if kept.noop()[0] == 250:
                return kept
        except (OSError, smtplib.SMTPException):
            pass
        connection.connection = None
    connection.open()
    opened: smtplib.SMTP = connection.connection
    return opened


def _transact(connection: Any, smtp: smtplib.SMTP, message: EmailMessage) -> Answer:
    encoding = message.encoding or "utf-8"
    mime: Any = message.message()  # Django's own, which knows `linesep`
    body = mime.as_bytes(linesep="\r\n")
    handed_over = False
    try:
        smtp.ehlo_or_helo_if_needed()
        for code, answer in (
            smtp.mail(sanitize_address(message.from_email, encoding)),
            smtp.rcpt(sanitize_address(message.to[0], encoding)),
        ):
            if code not in (250, 251):
                return _turned_down(smtp, code, answer)
        code, answer = smtp.docmd("DATA")
        if code != 354:
            return _turned_down(smtp, code, answer)
        handed_over = True
        smtp.send(_dotted(body))
        code, answer = smtp.getreply()
        if code == 250:
            return Answer(Result.SENT, answer.decode("utf-8", "replace"))
        return _turned_down(smtp, code, answer)
    except (OSError, smtplib.SMTPException) as error:
        connection.connection = None
        return Answer(Result.UNANSWERED if handed_over else Result.LATER, _words(error))


def _turned_down(smtp: smtplib.SMTP, code: int, answer: bytes) -> Answer:
    """5xx is for good, the rest is for now. RSET, so that the connection serves the next mail."""
    try:
        smtp.rset()
    except (OSError, smtplib.SMTPException):
        smtp.close()
    words = f"{code} {answer.decode('utf-8', 'replace')}"
    return Answer(Result.REFUSED if code >= 500 else Result.LATER, words)


def _dotted(body: bytes) -> bytes:
    """Dot-stuffed and ended by the final dot (RFC 5321 §4.5.2)."""
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    stuffed = body.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + b".\r\n"


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
