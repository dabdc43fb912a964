"""One message that came in: who answers to its address, and what the mail server is told."""

import logging
from collections.abc import Sequence

from .answers import receive_answer
from .bounces import receive_report
from .letter import Letter
from .verdict import MALFORMED, NOBODY, TRY_AGAIN, Handler, Verdict

logger = logging.getLogger(__name__)

NO_MESSAGE = Verdict(MALFORMED, "This is no message.")
# Whoever makes addresses of their own adds who serves them.
HANDLERS: tuple[Handler, ...] = (receive_report, receive_answer)


def receive(raw: bytes, *, addresses: Sequence[str] = (), sender: str | None = None) -> Verdict:
    """`addresses`: whom it is for, where the server says so; else as the message says. Never raises.

    One for several is served for each, and served once: it may be tried again for the sake of another.
    """
    if not raw.strip():
        return NO_MESSAGE
    letter = Letter(raw, sender)
    try:
        addresses = addresses or letter.for_whom()
    except RecursionError:
        return NO_MESSAGE
    verdicts = [_serve(letter, address) for address in addresses]
    served = [verdict for verdict in verdicts if verdict is not None]
    if not served:
        return Verdict(NOBODY, "Nothing here answers to this address.")
    return max(served, key=lambda verdict: (verdict.code == TRY_AGAIN, verdict.code))


def _serve(letter: Letter, address: str) -> Verdict | None:
    try:
        return next((said for handler in HANDLERS if (said := handler(letter, address)) is not None), None)
    except RecursionError:  # parts within parts within parts
        return NO_MESSAGE
    except Exception:
        logger.exception("a message for %s could not be served", address)
        return Verdict(TRY_AGAIN, "Not now.")
