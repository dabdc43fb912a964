"""Codes that come as a text message: to sign in with a number that is proven.

`codes` makes and judges them, `texting` sends them off the request, `actions` says what they are good for.
"""

from django.conf import settings


def are_on() -> bool:
    """Whether this site can send text messages at all."""
    return bool(settings.SMS_BACKEND)
