"""What a device signed. Whoever sends it may send anything, and what reads it trusts its shape."""

import json
import struct
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_encode

from ..models import User

LENGTH = 20_000
NOT_TAKEN = _("This passkey was not accepted. Try again.")
# What parsers of JSON, CBOR and keys raise at what is none.
_STUMBLES = (
    ArithmeticError, AttributeError, InvalidSignature, LookupError, NotImplementedError, RecursionError,
    TypeError, ValidationError, ValueError, struct.error,
)  # fmt: skip


def begin_registration(user: User) -> str:
    """What the browser is asked to make, as JSON: it asks for a finger or a PIN, and knows whose it is."""
    return json.dumps(auth.begin_registration(user, passwordless=True))


def begin(user: User | None) -> str:
    """What it is asked to sign; by any passkey of this site where nobody is named."""
    return json.dumps(auth.begin_authentication(user))


def registered(answer: str) -> dict[str, Any]:
    """The new one, as it is kept. Raises ValidationError."""
    try:
        credential = _object(answer)
        parsed = auth.parse_registration_response(credential).response
        made = auth.complete_registration(credential)
        number = websafe_encode(made.credential_data.credential_id)
    except _STUMBLES as error:
        raise ValidationError(NOT_TAKEN) from error
    # Written anew of what was understood: whatever else somebody sent along is not kept.
    return {
        "id": number,
        "rawId": number,
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(bytes(parsed.client_data)),
            "attestationObject": websafe_encode(bytes(parsed.attestation_object)),
        },
        "clientExtensionResults": {"credProps": {"rk": True}},
    }


def judge(answer: str, user: User | None) -> Authenticator:
    """Whose it is: this person's, or anybody's where none is named. Raises ValidationError."""
    try:
        credential = _object(answer)
        auth.parse_authentication_response(credential)
        found: Authenticator = auth.complete_authentication(
            user or auth.extract_user_from_response(credential), credential
        )
    except _STUMBLES as error:
        raise ValidationError(NOT_TAKEN) from error
    return found


def _object(answer: str) -> dict[str, Any]:
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise TypeError("no object")
    return read
