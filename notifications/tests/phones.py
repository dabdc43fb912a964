"""A device with a browser, and what its push service makes sure of, by other code than the site's."""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from accounts.models import User
from notifications import devices
from notifications.channels import vapid
from notifications.models import PushSubscription
from testing.http_server import FarEnd, Request


@dataclass
class Phone:
    """Subscribed at `far_end` below its own path."""

    far_end: FarEnd
    path: str = "/phone"
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = b"sixteen bytes ok"

    @property
    def subscription(self) -> dict[str, Any]:
        """What its browser says of it."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": unpadded(point), "auth": unpadded(self.secret)}
        return {"endpoint": f"{self.far_end.url}{self.path}", "expirationTime": None, "keys": keys}

    def of(self, user: User, label: str = "Firefox on Android") -> PushSubscription:
        said = self.subscription
        return devices.remember(user, endpoint=said["endpoint"], **said["keys"], label=label)

    @property
    def told(self) -> list[dict[str, Any]]:
        """All that it was sent, whatever its service answered."""
        return [self.opened(request) for request in self.far_end.requests if request.path == self.path]

    def opened(self, request: Request) -> dict[str, Any]:
        """As its service checks it (RFC 8292, 8030), and its browser reads it (RFC 8188, 8291)."""
        check_sender(request.headers["authorization"], self.far_end.url)
        assert request.headers["ttl"] == "86400"
        assert request.headers["urgency"] in ("low", "normal", "high")
        assert len(request.headers.get("topic", "")) <= 32
        assert request.headers["content-encoding"] == "aes128gcm"
        assert len(request.body) <= 4096
        clear = http_ece.decrypt(
            request.body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"
        )
        said: dict[str, Any] = json.loads(clear)
        return said


def check_sender(authorization: str, service: str) -> None:
    scheme, _, rest = authorization.partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(","))
    assert (scheme, parts["k"]) == ("vapid", vapid.public_key())
    assert Vapid02.verify(authorization)
    header, claims = (json.loads(decoded(part)) for part in parts["t"].split(".")[:2])
    assert header["alg"] == "ES256"
    assert claims["aud"] == service
    assert claims["sub"].startswith(("mailto:", "https:"))
    assert time.time() < claims["exp"] <= time.time() + 24 * 60 * 60


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
