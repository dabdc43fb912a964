"""The mail server: greeted, signed in to and told a sender, which it is then asked to forget."""

from collections.abc import Iterator

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from ..channels.base import Result
from ..channels.email import EmailChannel
from ..channels.smtp_wire import NotReadyError, Wire, opened, words_of
from .asking import Asking, from_domain, is_real
from .finding import Finding, failure, ok, warning

KEPT_HERE = ("locmem", "filebased", "console", "dummy", "mail_files")
NEARBY = ("localhost", "127.0.0.1", "::1")
_BY_RESULT = {
    Result.UNREACHABLE: "See the host and port in EMAIL_URL, and whether a firewall is in between.",
    Result.OURS: "See EMAIL_URL: smtp+tls:// for STARTTLS (587), smtp+ssl:// for TLS (465), user and "
    "password, and whether the server’s certificate is valid for that host.",
}


def leaves_here() -> bool:
    """Whether mail goes to anybody at all."""
    return not any(name in settings.EMAIL_BACKEND for name in KEPT_HERE)


def check(asking: Asking) -> Iterator[Finding]:
    if not leaves_here():
        yield warning(
            f"Mail is not sent: it is kept by {settings.EMAIL_BACKEND}.", "Set EMAIL_URL=smtp+tls://…."
        )
        return
    if not is_real(from_domain()):
        yield failure(
            f"Mail is from {settings.DEFAULT_FROM_EMAIL}, which nobody can answer.",
            "Set DEFAULT_FROM_EMAIL to an address of a domain of yours.",
        )
    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        yield ok(f"Mail goes through {settings.EMAIL_BACKEND}; not tried here.")
        return
    try:
        wire = opened(backend, asking.deadline)
    except NotReadyError as error:
        advice = _BY_RESULT.get(error.answer.result, "Try again.")
        yield failure(f"{backend.host}:{backend.port}: {error.answer.words}", advice)
        return
    yield _of_link(backend)
    try:
        yield _of_sender(wire)
    except Exception as error:  # whatever a server that says anything brings about
        yield failure(f"It was told the sender, and then: {words_of(error)}", "Ask who runs the mail server.")
    finally:
        wire.part()


def check_sending(asking: Asking) -> Iterator[Finding]:
    """Only where the command was told to whom."""
    if not asking.options.send_to:
        return
    message = EmailMultiAlternatives(
        f"A test of {settings.SITE_NAME}",
        f"This site, {settings.SITE_URL}, can send mail.\n\nIn the source of this message, "
        "Authentication-Results should say spf=pass or dkim=pass, and dmarc=pass.\n",
        to=[asking.options.send_to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    sender = _sender()
    message.extra_headers["From"], message.from_email = message.from_email, sender
    channel = EmailChannel()
    answer = channel.hand_over(message)
    channel.close()
    if answer.result == Result.SENT:
        yield ok(f"Handed over for {asking.options.send_to}, from {sender}: {answer.words or 'taken'}")
    else:
        yield failure(
            f"Not taken for {asking.options.send_to}: {answer.words}", "Mend what smtp says above first."
        )


def _of_link(backend: EmailBackend) -> Finding:
    where = f"{backend.host}:{backend.port}"
    signed_in = "signed in" if backend.username and backend.password else "without signing in"
    if backend.use_tls or backend.use_ssl:
        return ok(f"{where} answers, encrypted, {signed_in}.")
    if backend.host in NEARBY:
        return ok(f"{where} answers, on this machine, {signed_in}.")
    seen, advice = f"{where} answers, without encryption, {signed_in}.", "Use smtp+tls:// in EMAIL_URL."
    return failure(seen, advice) if backend.username and backend.password else warning(seen, advice)


def _of_sender(wire: Wire) -> Finding:
    sender = sanitize_address(_sender(), "utf-8")
    code, words = wire.mail(sender)
    said = f"{code} {words.decode('utf-8', 'replace')}"
    if code // 100 != 2:
        return failure(
            f"It does not take mail from {sender}: {said}",
            "Use a sender that this account may use: DEFAULT_FROM_EMAIL, and BOUNCE_ADDRESS where it is set.",
        )
    wire.rset()
    return ok(f"It takes mail from {sender}.")


def _sender() -> str:
    """One such as each mail has: some servers take no plus."""
    name, at, host = settings.BOUNCE_ADDRESS.partition("@")
    return f"{name}+doctor@{host}" if at else settings.DEFAULT_FROM_EMAIL
