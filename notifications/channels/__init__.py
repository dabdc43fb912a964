"""How a delivery leaves the site: one small file a channel, and the list of them.

Nothing else names them: whoever needs one asks here, by what it says of itself (`base.py`).
"""

from functools import cache

from django.utils.module_loading import import_string

from .base import Channel

CHANNELS = [
    "notifications.channels.email.EmailChannel",
    "notifications.channels.bulk.BulkEmailChannel",
    "notifications.channels.push.PushChannel",
    "notifications.channels.sms.SmsChannel",
]


def known() -> list[type[Channel]]:
    """All of them, in the order of the list."""
    return [_load(path) for path in CHANNELS]


def in_use() -> list[type[Channel]]:
    """Those that this site is set up for."""
    return [channel for channel in known() if channel.is_on()]


def by_name(name: str) -> type[Channel]:
    """Raises LookupError for a name that no channel of this version has."""
    for channel in known():
        if channel.name == name:
            return channel
    raise LookupError(f"This version of the site knows no channel {name}.")


@cache
def _load(path: str) -> type[Channel]:
    """When it is asked for: the channels stand on most of the engine, and much of that asks for them."""
    channel: type[Channel] = import_string(path)
    return channel
