"""On whose account an attempt is counted, however it is spelled."""

import ipaddress
import unicodedata

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; of IPv6 the network, which is one household's."""
    ident: str = request.META.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(ident)
    except ValueError:  # empty, behind a socket
        return ident or "here"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address.packed, 64), strict=False))
    return str(address)


def account_of(login: str) -> str:
    """The same for every spelling that could mean one account."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login).casefold()).strip()
