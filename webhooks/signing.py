"""How the other side knows that it was us (Standard Webhooks 1.0: standardwebhooks.com)."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta

from .models import Webhook

OLD_SECRET_SIGNS = timedelta(days=1)


def headers_of(webhook: Webhook, message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    timestamp = int(now.timestamp())
    signatures = [f"v1,{_signature(each, message_id, timestamp, body)}" for each in secrets_of(webhook, now)]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }


def secrets_of(webhook: Webhook, now: datetime) -> list[str]:
    """The newest first."""
    rotated_at = webhook.rotated_at
    if webhook.old_secret and rotated_at and now < rotated_at + OLD_SECRET_SIGNS:
        return [webhook.secret, webhook.old_secret]
    return [webhook.secret]


def _signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
