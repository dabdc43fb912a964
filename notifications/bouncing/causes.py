"""What the words of a mail server say about an address: by its enhanced code (RFC 3463), else by its words.

A refusal for what we are or what we sent says nothing about the address: every other one at that provider
gets the same, and none of them is to lose its mail for it.
"""

import re
from collections.abc import Sequence

from ..models import Cause

_ENHANCED = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BASIC = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
_BY_CODE = {
    "1.1": Cause.NO_MAILBOX,
    "1.2": Cause.NO_MAILBOX,  # no such domain
    "1.3": Cause.NO_MAILBOX,
    "1.6": Cause.NO_MAILBOX,  # it moved
    "1.7": Cause.POLICY,  # of its sender
    "1.8": Cause.POLICY,
    "1.10": Cause.NO_MAILBOX,  # its domain takes no mail (RFC 7505)
    "2.1": Cause.DISABLED,
    "2.2": Cause.FULL,
    "2.3": Cause.POLICY,  # too long for it
    "3.4": Cause.POLICY,
    "4.1": Cause.UNREACHABLE,
    "4.4": Cause.UNREACHABLE,
    "4.7": Cause.UNREACHABLE,
}
_BY_SUBJECT = {"4": Cause.UNREACHABLE, "6": Cause.POLICY, "7": Cause.POLICY}
# Without such a code, or with one that says nothing. About us first: no server says these of a mailbox.
_BY_WORDS = (
    (
        Cause.POLICY,
        r"spam|block(ed|list)|black ?list|policy|reputation|dnsbl|rbl\b|spf\b|dkim|dmarc|relay|greylist"
        r"|prohibit|unsolicited|virus|too (large|big)|rate limit|authenticat",
    ),
    (Cause.FULL, r"quota|mailbox (is )?full|over ?quota|insufficient (system )?storage|not enough space"),
    (Cause.DISABLED, r"(disabled|inactive|suspended|deactivated|not active)"),
    (
        Cause.NO_MAILBOX,
        r"(user|recipient|account|address|mailbox|alias)\b.{0,40}"
        r"\b(unknown|not found|not exist|invalid|no longer)"
        r"|(unknown|invalid|no such|not a valid)\b.{0,20}"
        r"\b(user|recipient|account|address|mailbox|person|local)"
        r"|doesn.t (exist|have an account)|does not exist|no mailbox here|nobody here|user unknown",
    ),
    (Cause.UNREACHABLE, r"timed out|time-?out|connection refused|host.{0,20}not found|unrouteable|no route"),
)


def cause_of(words: str, *, code: str = "") -> Cause:
    """`code`: an enhanced one that is given by itself, as in the fields of a report."""
    codes = [found for text in (code, words) if (found := _ENHANCED.search(text))]
    said = [_BY_CODE.get(f"{found[2]}.{found[3]}") or _BY_SUBJECT.get(found[2]) for found in codes]
    said += [cause for cause, pattern in _BY_WORDS if re.search(pattern, words, re.I)]
    cause = next((cause for cause in said if cause), Cause.REFUSED)
    if cause in (Cause.NO_MAILBOX, Cause.DISABLED) and _is_temporary(codes, words):
        return Cause.UNREACHABLE  # whoever is sure of that says 5
    return cause


def _is_temporary(codes: Sequence[re.Match[str]], words: str) -> bool:
    first = codes[0] if codes else _BASIC.search(words)
    return first is not None and first[1] == "4"
