"""SPF (RFC 7208): who may send in the name of the envelope's domain, and whether receivers can tell.

Which address the mail server sends from is not known here, so nothing is matched: the record is walked as
for a sender whom only its last word concerns, which is also what costs most look-ups.
"""

import ipaddress
import re
from collections.abc import Iterator

from .asking import Asking, NoAnswerError, envelope_domain, is_real
from .finding import Finding, failure, ok, warning

LOOKUPS_MAX = 10  # §4.6.4
VOIDS_MAX = 2  # of them may find nothing
MX_MAX = 10
_TERM = re.compile(r"([+?~-]?)(all|include|a|mx|ptr|ip4|ip6|exists)(?:([:/])(.*))?", re.IGNORECASE | re.ASCII)
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.IGNORECASE | re.ASCII)
_ASKS = {"include", "a", "mx", "ptr", "exists"}
_ADVICE = "Correct the record: while it stands, receivers treat it as if there were none (permerror)."


class BrokenError(Exception):
    """Receivers cannot use the record, nor any that includes it."""


def check(asking: Asking) -> Iterator[Finding]:
    domain = envelope_domain()
    if not is_real(domain):
        return
    try:
        record = record_of(asking.texts(domain), domain)
        if record is None:
            yield failure(
                f"{domain} has no SPF record.",
                f'Publish one TXT record at {domain}, as your provider names it: "v=spf1 include:… -all".',
            )
            return
        walk = Walk(asking)
        walk.follow(domain, record)
    except NoAnswerError as error:
        yield failure(f"The name server gave no usable answer. {error}", "Try again, or with --resolver.")
    except BrokenError as error:
        yield failure(f"{domain}: {error}", _ADVICE)
    else:
        yield _judged(domain, walk)


def _judged(domain: str, walk: "Walk") -> Finding:
    counted = f"{domain}: {walk.lookups} of {LOOKUPS_MAX} look-ups"
    if walk.end == "+":
        return failure(f"{counted}; it ends with +all: anybody may send.", "End it with ~all or -all.")
    if walk.end not in ("-", "~"):
        return warning(
            f"{counted}; it ends without ~all or -all and forbids nobody.", "End it with ~all or -all."
        )
    if walk.asks_ptr:
        return warning(
            f"{counted}; it has ptr, which many receivers leave out.", "Name networks (ip4, ip6, a) instead."
        )
    return ok(f"{counted}; everybody else is refused by {walk.end}all.")


def record_of(texts: list[str], domain: str) -> str | None:
    found = [text for text in texts if re.fullmatch(r"v=spf1( .*)?", text, re.IGNORECASE | re.DOTALL)]
    if len(found) > 1:
        raise BrokenError(f"there are {len(found)} SPF records at {domain}, and there may be one")
    return found[0] if found else None


class Walk:
    """Through a record and all it leads to, counting as receivers do."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.lookups = 0
        self.voids = 0
        self.end = ""  # what qualifies `all`, of the record that is asked about
        self.asks_ptr = False

    def follow(self, domain: str, record: str) -> None:
        terms = record.split()[1:]
        leads_to, has_all = "", False
        for term in terms:
            qualifier, name, value = _parsed(term, domain)
            if name == "redirect":
                if leads_to:
                    raise BrokenError(f"{domain} has redirect twice")
                leads_to = value
            elif name == "all":
                # What follows it is never looked at (§5.1), but must be spelled right.
                self.end, has_all = (self.end if has_all else qualifier or "+"), True
            elif name in _ASKS and not has_all:
                self._ask(name, value, domain)
        if leads_to and not has_all:
            self._count()
            self._into(leads_to)

    def _ask(self, name: str, value: str, domain: str) -> None:
        self._count()
        if name == "include":
            kept = self.end
            self._into(value)
            self.end = kept
        elif name == "ptr":
            self.asks_ptr = True
        elif "%" not in value:  # a macro depends on who sends
            host = value.partition("/")[0] or domain
            found = self._asking.mail_hosts(host) if name == "mx" else self._asking.addresses(host)
            if name == "mx" and len(found) > MX_MAX:
                raise BrokenError(f"mx:{host} has {len(found)} hosts, more than {MX_MAX}")
            self._void(found, host)

    def _into(self, domain: str) -> None:
        if "%" in domain:
            return
        texts = self._asking.texts(domain)
        self._void(texts, domain)
        record = record_of(texts, domain)
        if record is None:
            raise BrokenError(f"it leads to {domain}, which has no SPF record")
        self.follow(domain, record)

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > LOOKUPS_MAX:
            raise BrokenError(
                f"it takes more than {LOOKUPS_MAX} look-ups (include, a, mx, ptr, exists, redirect)"
            )

    def _void(self, found: list[str], name: str) -> None:
        self.voids += not found
        if self.voids > VOIDS_MAX:
            raise BrokenError(f"more than {VOIDS_MAX} of its look-ups find nothing, the last one at {name}")


def _parsed(term: str, domain: str) -> tuple[str, str, str]:
    """Its qualifier, name and value. Raises BrokenError for what is no term."""
    if found := _TERM.fullmatch(term):
        qualifier, name, separator, value = found.groups(default="")
        name = name.lower()
        value = f"/{value}" if separator == "/" else value
        if _is_well_formed(name, separator, value):
            return qualifier, name, value
    elif found := _MODIFIER.fullmatch(term):
        name, value = found[1].lower(), found[2]
        if value or name not in ("redirect", "exp"):
            return "", name, value
    raise BrokenError(f"“{term}” at {domain} is no term of SPF")


def _is_well_formed(name: str, separator: str, value: str) -> bool:
    if name in ("ip4", "ip6"):
        try:
            return ipaddress.ip_network(value, strict=False).version == int(name[2]) and separator == ":"
        except ValueError:
            return False
    if name == "all":
        return not separator
    if name in ("include", "exists"):
        return separator == ":" and bool(value)
    return bool(value) or not separator
