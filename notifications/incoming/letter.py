"""A message as it came. Anybody may write anything into it.

Only one whose parts are nested without end raises, when it is read: RecursionError.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses
from functools import cached_property
from hashlib import sha256
from itertools import islice

SIZE_MAX = 10 * 1024 * 1024  # what is more is not looked at
ADDRESSES_MAX = 50
HEADERS_MAX = 20  # of one name
_FOR_WHOM = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_HEADER_MAX = 2_000


@dataclass(frozen=True)
class Letter:
    raw: bytes
    envelope_sender: str | None = None  # empty for mail that may not be answered; None where not known

    @cached_property
    def message(self) -> Message:
        # The older policy: the newer one raises on headers that it cannot make sense of.
        return message_from_bytes(self.raw[:SIZE_MAX], policy=policy.compat32)

    @property
    def is_too_large(self) -> bool:
        return len(self.raw) > SIZE_MAX

    @cached_property
    def name(self) -> str:
        """The same for each copy of it."""
        return self.header("Message-ID") or f"<{sha256(self.raw).hexdigest()}>"

    def header(self, name: str) -> str:
        return next(self.headers(name), "")

    def headers(self, name: str) -> Iterator[str]:
        """Each one of that name, in one line, from the top."""
        for value in self.message.get_all(name, []):
            yield " ".join(str(value)[:_HEADER_MAX].split())

    @property
    def writer(self) -> str:
        """The address in From; empty where there is none, or more than one."""
        addresses = self._addresses("From")
        return addresses[0] if len(addresses) == 1 else ""

    @property
    def return_path(self) -> str | None:
        """As the server passed it on, or wrote it down; None where it did neither."""
        if self.envelope_sender is not None:
            return self.envelope_sender.strip("<> ")
        written = self.header("Return-Path")
        return written.strip("<> ") if written else None

    def for_whom(self) -> list[str]:
        """The addresses it may have been for, the likeliest first, where the server did not say."""
        found = [address for name in _FOR_WHOM for address in self._addresses(name)]
        return list(dict.fromkeys(found))[:ADDRESSES_MAX]

    def _addresses(self, name: str) -> list[str]:
        headers = list(islice(self.headers(name), HEADERS_MAX))
        try:
            found = getaddresses(headers)
        except RecursionError:  # brackets in brackets in brackets
            return []
        return [address.lower() for _name, address in found if address]
