"""A device that makes a passkey and signs with it, as a browser would have it do."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import User

PRESENT, VERIFIED = AuthenticatorData.FLAG.UP, AuthenticatorData.FLAG.UV
ORIGIN = "http://localhost:8000"


@dataclass
class Device:
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    number: bytes = b"a device of alice's"

    def makes(self, options: dict[str, Any], **differently: Any) -> str:
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        made = AttestedCredentialData.create(Aaguid.NONE, self.number, public)
        data = AuthenticatorData.create(
            _hash(options["publicKey"]["rp"]["id"]), PRESENT | VERIFIED | AuthenticatorData.FLAG.AT, 0, made
        )
        client = _client("webauthn.create", options, **differently)
        response = {"clientDataJSON": client, "attestationObject": AttestationObject.create("none", data, {})}
        return self._answer(response)

    def signs(self, options: dict[str, Any], owner: User, **differently: Any) -> str:
        flags = PRESENT if differently.pop("without_a_finger", False) else PRESENT | VERIFIED
        data = AuthenticatorData.create(_hash(options["publicKey"]["rpId"]), flags, 1)
        client = _client("webauthn.get", options, **differently)
        signature = self.key.sign(bytes(data) + sha256(client).digest(), ec.ECDSA(SHA256()))
        handle = user_pk_to_url_str(owner).encode()
        return self._answer(
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": signature,
                "userHandle": handle,
            }
        )

    def _answer(self, response: dict[str, bytes]) -> str:
        number = websafe_encode(self.number)
        encoded = {name: websafe_encode(bytes(value)) for name, value in response.items()}
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": encoded})


def _client(kind: str, options: dict[str, Any], *, origin: str = ORIGIN) -> bytes:
    challenge = options["publicKey"]["challenge"]
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode()


def _hash(name: str) -> bytes:
    return sha256(name.encode()).digest()
