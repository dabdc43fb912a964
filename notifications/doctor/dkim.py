"""DKIM: the public key under which the mail server signs. Which selector it uses only its operator knows."""

import base64
import binascii
import re
from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from .asking import Asking, NoAnswerError, from_domain, is_real
from .finding import Finding, failure, ok, warning

BITS_MIN, BITS_GOOD = 1024, 2048  # RFC 8301
ED25519_BYTES = 32
_COPY = "Copy the record anew from the mail server or provider that signs, whole and in one piece."


def check(asking: Asking) -> Iterator[Finding]:
    domain, selector = from_domain(), asking.options.dkim_selector
    if not is_real(domain):
        return
    if not selector:
        yield warning(
            "Not looked at: the selector is not known.",
            "Give it by DKIM_SELECTOR or --dkim-selector: it is the s= in the DKIM-Signature of your mail.",
        )
        return
    name = f"{selector}._domainkey.{domain}"
    try:
        texts = asking.texts(name)
    except NoAnswerError as error:
        yield failure(f"The name server gave no usable answer. {error}", "Try again, or with --resolver.")
        return
    if not texts:
        yield failure(
            f"There is no key at {name}.", f"Publish the one that the mail server signs with. {_COPY}"
        )
    elif len(texts) > 1:
        yield failure(
            f"There are {len(texts)} records at {name}: which is used is chance.", "Leave one of them."
        )
    else:
        yield judged(name, tags_of(texts[0]))


def tags_of(text: str) -> dict[str, str]:
    """The list of tag=value; of one that is there twice, the first."""
    found: dict[str, str] = {}
    for part in text.split(";"):
        tag, equals, value = part.partition("=")
        if equals:
            found.setdefault(tag.strip().lower(), value.strip())
    return found


def judged(name: str, tags: dict[str, str]) -> Finding:
    if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        return failure(f"What stands at {name} is no DKIM key.", _COPY)
    key = re.sub(r"\s", "", tags["p"])
    if not key:
        return failure(
            f"The key at {name} is revoked (its p= is empty).",
            "Sign with another selector, or publish a key.",
        )
    if "h" in tags and "sha256" not in [word.strip() for word in tags["h"].split(":")]:
        return failure(f"{name} allows no sha256 (h={tags['h']}).", "Take h= out of the record.")
    if not {"*", "email"} & {word.strip() for word in tags.get("s", "*").split(":")}:
        return failure(f"{name} is not for email (s={tags['s']}).", "Take s= out of the record.")
    found = _of_key(name, tags.get("k", "rsa").lower(), key)
    if not found.advice and "y" in [word.strip() for word in tags.get("t", "").split(":")]:
        return warning(
            f"{found.seen} It is marked as a test (t=y).", "Take t=y out: receivers may ignore the signature."
        )
    return found


def _of_key(name: str, kind: str, key: str) -> Finding:
    try:
        raw = base64.b64decode(key, validate=True)
        if kind == "ed25519":
            return _of_ed25519(name, raw)
        loaded = load_der_public_key(raw)
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        return failure(f"The key at {name} cannot be read.", _COPY)
    if kind != "rsa" or not isinstance(loaded, RSAPublicKey):
        return failure(
            f"The key at {name} is of a kind that receivers do not know (k={kind}).", "Use an RSA key."
        )
    bits = loaded.key_size
    if bits < BITS_MIN:
        return failure(
            f"The key at {name} has {bits} bits: receivers ignore it.", f"Make one of {BITS_GOOD}."
        )
    if bits < BITS_GOOD:
        return warning(
            f"The key at {name} has {bits} bits.", f"Make one of {BITS_GOOD} under a new selector."
        )
    return ok(f"There is a key of {bits} bits at {name}.")


def _of_ed25519(name: str, raw: bytes) -> Finding:
    if len(raw) != ED25519_BYTES:
        return failure(f"The key at {name} cannot be read.", _COPY)
    return warning(f"{name} is an Ed25519 key.", "Sign with an RSA key too: many receivers know only those.")
