"""Answers and reports: whether mail finds the way to the addresses that are given out for them."""

import imaplib
import socket
from collections.abc import Iterator

from django.conf import settings

from ..incoming import mailbox
from .asking import Asking, NoAnswerError, is_real
from .finding import Finding, failure, ok, warning

SMTP_PORT = 25
CONNECT_SECONDS = 5.0
HOSTS_TRIED = 3
BANNER_MAX = 1024


def check(asking: Asking) -> Iterator[Finding]:
    addresses = (settings.REPLY_ADDRESS, settings.BOUNCE_ADDRESS)
    for domain in dict.fromkeys(address.rpartition("@")[2].lower() for address in addresses if address):
        if is_real(domain):
            yield from _of_domain(asking, domain)
        else:
            yield failure(
                f"Nobody can write to {domain}.", "Set REPLY_ADDRESS and BOUNCE_ADDRESS at a domain of yours."
            )


def check_mailbox(asking: Asking) -> Iterator[Finding]:
    if not settings.IMAP_URL:
        return
    try:
        waiting = mailbox.count_waiting()
    except (OSError, ValueError, imaplib.IMAP4.error) as error:
        yield failure(f"{type(error).__name__}: {error}", "See IMAP_URL: host, user, password and folder.")
    else:
        yield ok(f"It opens; {waiting} messages wait there.")


def _of_domain(asking: Asking, domain: str) -> Iterator[Finding]:
    try:
        hosts = asking.mail_hosts(domain)
        if not hosts and asking.addresses(domain):
            yield warning(f"{domain} has no MX record; mail goes to its address.", "Publish an MX record.")
            hosts = [domain]
        if not hosts:
            yield failure(
                f"{domain} has no MX record.", f"Publish one: {domain} MX 10 <the server that takes mail>."
            )
            return
        if hosts == ["."]:
            yield failure(
                f"{domain} says that it takes no mail (a null MX).", "Publish an MX record with a host."
            )
            return
        found = {host: asking.addresses(host) for host in hosts[:HOSTS_TRIED]}
    except NoAnswerError as error:
        yield failure(f"The name server gave no usable answer. {error}", "Try again, or with --resolver.")
        return
    lost = [host for host, addresses in found.items() if not addresses]
    if lost:
        yield failure(
            f"{domain} MX {lost[0]}: this name has no address.", "An MX names a host, never an IP address."
        )
    elif settings.IMAP_URL:
        yield ok(f"{domain} MX {hosts[0]}; it is for that server to take it.")
    else:
        yield _of_server(asking, domain, hosts[0], found[hosts[0]])


def _of_server(asking: Asking, domain: str, host: str, addresses: list[str]) -> Finding:
    try:
        banner = _banner(asking, addresses[0])
    except OSError as error:
        return warning(
            f"{domain} MX {host}: no connection to port {SMTP_PORT} from here ({error}).",
            "Try it from elsewhere: many providers close this port to the outside, which does no harm.",
        )
    if not banner.startswith("220"):
        return failure(
            f"{domain} MX {host} greets with: {banner or 'nothing'}", "A mail server says 220 first."
        )
    return ok(f"{domain} MX {host} greets with: {banner}")


def _banner(asking: Asking, address: str) -> str:
    with socket.create_connection((address, SMTP_PORT), asking.deadline.within(CONNECT_SECONDS)) as link:
        said = b""
        while b"\n" not in said and len(said) < BANNER_MAX:
            link.settimeout(asking.deadline.within(CONNECT_SECONDS))
            piece = link.recv(BANNER_MAX)
            if not piece:
                break
            said += piece
    return said.decode("utf-8", "replace").partition("\n")[0].strip()
