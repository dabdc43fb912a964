"""`notify.send` in the signal of the like, as its manual shows; the package has no preferences of its own.

Its name on the path is `notifications`, as our engine's: see environments.py.
"""

from importlib import import_module
from typing import Any

from django.apps import apps

from benchmarks.peers.stage.models import Like, Preference


def tell(like: Like) -> None:
    author = like.post.author
    preference = Preference.objects.filter(person=author.pk).first()
    if preference is None or preference.in_app:
        notify = import_module("notifications.signals").notify
        notify.send(like.person, recipient=author, verb="liked", target=like.post)


def told() -> list[tuple[int, float]]:
    rows: Any = apps.get_model("notifications", "Notification")._default_manager
    return [(int(post), at.timestamp()) for post, at in rows.values_list("target_object_id", "timestamp")]
