"""The secret of an app that is being set up: in the session, encrypted, until its first code was typed."""

from base64 import b32encode
from secrets import token_bytes

from allauth.mfa.utils import decrypt, encrypt
from cryptography.fernet import InvalidToken
from django.http import HttpRequest

_KEY = "new_app"
_BYTES = 20  # as RFC 4226 recommends


def secret_of(request: HttpRequest) -> str:
    """The same while the page is open, whoever loads it anew."""
    try:
        return str(decrypt(request.session.get(_KEY, "")))
    except InvalidToken:
        secret = b32encode(token_bytes(_BYTES)).decode()
        request.session[_KEY] = encrypt(secret)
        return secret


def forget(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
