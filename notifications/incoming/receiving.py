"""One message that came in: who answers to its address, and what the mail server is told."""

import logging
from collections.abc import Sequence

from .answers import receive_answer
from .letter import Letter
from .verdict import MALFORMED, NOBODY, TRY_AGAIN, Handler, Verdict

logger = logging.getLogger(__name__)

# Whoever makes addresses of their own adds who serves them.
HANDLERS: tuple[Handler, ...] = (receive_answer,)


def receive(raw: bytes, *, addresses: Sequence[str] = (), sender: str | None = None) -> Verdict:
    """`addresses`: whom it is for, where the server says so; else as the message says. Never raises.

    One for several is served for each, and served once: it may be tried again for the sake of another.
    """
    if not raw.strip():
        return Verdict(MALFORMED, "There is no message.")
    letter = Letter(raw, sender)
    verdicts = [_serve(letter, address) for address in addresses or letter.for_whom()]
    served = [verdict for verdict in verdicts if verdict is not None]
    if not served:
        return Verdict(NOBODY, "Nothing here answers to this address.")
    return max(served, key=lambda verdict: (verdict.code == TRY_AGAIN, verdict.code))


def _serve(letter: Letter, address: str) -> Verdict | None:
    try:
        return next((said for handler in HANDLERS if (said := handler(letter, address)) is not None), None)
    except Exception:
        logger.exception("a message for %s could not be served", address)
        return Verdict(TRY_AGAIN, "Not now.")
