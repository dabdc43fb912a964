"""Who we are, to push services: one key pair a site (VAPID, RFC 8292), made when it is first needed.

Browsers subscribe to its public half: with another one they have to subscribe anew, which they do when the
site is next opened in them.
"""

import base64
import os
import threading
import time
from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VALID_SECONDS = 12 * 60 * 60  # of a token; services take up to a day
RENEWED_SECONDS = 6 * 60 * 60
TOKENS_MAX = 100  # services that are remembered
_tokens: dict[tuple[str, str], tuple[float, str]] = {}  # (key, service) → when it was signed, and the token
_making = threading.Lock()


def public_key() -> str:
    """As browsers take it: the point on the curve, base64url."""
    point = _private_key(_stored()).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


def authorization(endpoint: str) -> str:
    """The header that says who sends, for the service behind this endpoint."""
    parts = urlsplit(endpoint)
    key, service = _stored(), f"{parts.scheme}://{parts.netloc}"
    signed_at, token = _tokens.get((key, service), (0.0, ""))
    now = time.time()
    if not 0 <= now - signed_at < RENEWED_SECONDS:
        if len(_tokens) >= TOKENS_MAX:
            _tokens.clear()
        token = _signed(key, {"sub": settings.VAPID_SUBJECT, "aud": service, "exp": int(now) + VALID_SECONDS})
        _tokens[key, service] = (now, token)
    return token


def _signed(key: str, claims: dict[str, Any]) -> str:
    from py_vapid import Vapid02  # with the first push, not with the site

    return str(Vapid02.from_raw(key.encode()).sign(claims)["Authorization"])


@cache
def _private_key(key: str) -> ec.EllipticCurvePrivateKey:
    try:
        number = int.from_bytes(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        return ec.derive_private_key(number, ec.SECP256R1())
    except ValueError as error:
        raise ImproperlyConfigured("VAPID_PRIVATE_KEY must be 32 bytes in base64url.") from error


def _stored() -> str:
    """The private key, base64url: of the settings, else one that is made once and kept beside the data."""
    if key := settings.VAPID_PRIVATE_KEY:
        return str(key)
    path = settings.VAR_DIR / "vapid_key"
    with _making:
        if not path.exists():
            _make(path)
    return str(path.read_text().strip())


def _make(path: Any) -> None:
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(f"{path.name}.{os.getpid()}")
    making.touch(mode=0o600)
    making.write_text(base64.urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("="))
    with suppress(FileExistsError):
        os.link(making, path)  # whole or not at all, and never over that of another process
    making.unlink()
