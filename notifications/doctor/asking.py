"""With what the checks ask: options of the command, a deadline, a name server. No answer of a stranger raises
anything but `NoAnswerError`."""

import ipaddress
from dataclasses import dataclass, field

import dns.exception
import dns.rdatatype
import dns.resolver
from django.conf import settings
from django.core.mail.message import sanitize_address

from ..channels.smtp_wire import Deadline

LOOKUP_SECONDS = 5.0
CHECK_SECONDS = 20.0  # of each check, for all it asks
DNS_PORT = 53


class NoAnswerError(Exception):
    """Nobody knows: the name server was silent, failed, or said what is no answer."""


@dataclass(frozen=True, slots=True)
class Options:
    resolver: str = ""  # address[:port] of a name server; empty: those of this machine
    dkim_selector: str = ""
    ntp: str = "pool.ntp.org"
    send_to: str = ""
    seconds: float = CHECK_SECONDS


@dataclass(slots=True)
class Asking:
    """One check's: it has so long for all of it."""

    options: Options = field(default_factory=Options)
    deadline: Deadline = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = Deadline(self.options.seconds)

    def texts(self, name: str) -> list[str]:
        """The TXT records of a name, the strings of each joined as they stand."""
        records = self._records(name, "TXT")
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]

    def addresses(self, name: str) -> list[str]:
        return [record.address for kind in ("A", "AAAA") for record in self._records(name, kind)]

    def mail_hosts(self, name: str) -> list[str]:
        """Of the MX records, the first to be tried first; "." stands for no mail at all (RFC 7505)."""
        records = sorted(self._records(name, "MX"), key=lambda record: record.preference)
        return [str(record.exchange).rstrip(".") or "." for record in records]

    def _records(self, name: str, kind: str) -> list:  # type: ignore[type-arg] # dnspython's records have no common type
        try:
            resolver = _resolver(self.options.resolver)
            lifetime = self.deadline.within(LOOKUP_SECONDS)
            return list(resolver.resolve(f"{name.rstrip('.')}.", kind, lifetime=lifetime, search=False))
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError, ValueError, UnicodeError) as error:
            raise NoAnswerError(f"{name} {kind}: {type(error).__name__}: {error}") from error


def _resolver(address: str) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=not address)
    if address:
        host, port = split_address(address)
        resolver.nameservers, resolver.port = [host], port
    return resolver


def split_address(address: str) -> tuple[str, int]:
    """1.2.3.4, 1.2.3.4:5353, ::1 or [::1]:5353. Raises ValueError."""
    host, colon, port = address.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        host, port = address, str(DNS_PORT)
    host = host.strip("[]")
    ipaddress.ip_address(host)
    return host, int(port)


def from_domain() -> str:
    return _domain(settings.DEFAULT_FROM_EMAIL)


def envelope_domain() -> str:
    """Where SPF is looked up: of the address that servers return mail to."""
    return _domain(settings.BOUNCE_ADDRESS) if settings.BOUNCE_ADDRESS else from_domain()


def is_real(domain: str) -> bool:
    """Whether anybody on the internet could know it."""
    return "." in domain and domain.rpartition(".")[2] not in (
        "localhost",
        "local",
        "localdomain",
        "internal",
    )


def _domain(address: str) -> str:
    """In the letters of name servers; empty where there is none."""
    try:
        host = sanitize_address(address, "utf-8").rpartition("@")[2].strip("<> ").lower()
        return host.encode("idna").decode() if not host.isascii() else host
    except (ValueError, UnicodeError):
        return ""
