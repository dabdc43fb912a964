"""Whether it is as late as this machine thinks: codes, push messages and summaries go by it."""

import socket
import struct
import time
from collections.abc import Iterator

from .asking import Asking
from .finding import Finding, failure, ok, warning

NTP_PORT = 123
WAIT_SECONDS = 3.0
OFF_SECONDS, WRONG_SECONDS = 2.0, 60.0
_SINCE_1900 = 2_208_988_800
_MODE_CLIENT, _MODE_SERVER, _STRATUM_MAX = 3, 4, 15


def check(asking: Asking) -> Iterator[Finding]:
    host, _colon, port = asking.options.ntp.partition(":")
    try:
        off = offset(host, int(port or NTP_PORT), asking.deadline.within(WAIT_SECONDS))
    except (OSError, ValueError, struct.error) as error:
        yield warning(
            f"Not compared: no answer by NTP from {asking.options.ntp} ({error}).",
            "Name a time server that answers by --ntp, and see that this machine keeps its clock right.",
        )
        return
    seen = f"By NTP from {asking.options.ntp} this machine’s clock is {off:+.1f} seconds off."
    advice = "Let this machine keep its clock right: timedatectl set-ntp true."
    if abs(off) >= WRONG_SECONDS:
        yield failure(seen, advice)
    elif abs(off) >= OFF_SECONDS:
        yield warning(seen, advice)
    else:
        yield ok(seen)


def offset(host: str, port: int, seconds: float) -> float:
    """How far ahead this machine is (RFC 4330). Raises OSError or ValueError."""
    family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as link:
        link.settimeout(seconds)
        link.connect(address)
        asked_at = time.time()
        sent = _timestamp(asked_at)
        link.send(bytes([4 << 3 | _MODE_CLIENT]) + bytes(39) + sent)
        said = link.recv(512)
        heard_at = time.time()
    if (
        len(said) < 48
        or said[0] & 7 != _MODE_SERVER
        or not 1 <= said[1] <= _STRATUM_MAX
        or said[24:32] != sent
    ):
        raise ValueError("what came is no answer of a time server")
    return (asked_at + heard_at) / 2 - (_moment(said[32:40]) + _moment(said[40:48])) / 2


def _timestamp(moment: float) -> bytes:
    whole = int(moment)
    return struct.pack("!II", (whole + _SINCE_1900) % 2**32, int((moment - whole) * 2**32))


def _moment(stamp: bytes) -> float:
    whole, fraction = struct.unpack("!II", stamp)
    since = whole - _SINCE_1900
    if since < 0:  # the count begins anew in 2036
        since += 2**32
    return float(since) + float(fraction) / 2**32
