"""What becomes of the engine's rows when an account is changed or deleted.

No foreign key of the database removes the inbox of somebody who is gone.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.signals import post_delete, post_save

from .models import Bounce, Delivery, Event, Notification, Suppression
from .outbox.withdrawal import retract_events
from .steering.quieting import follow_zone


def forget(instance: Any, **kwargs: Any) -> None:
    """What it brought about is withdrawn from others; what it was told is removed."""
    with transaction.atomic():
        retract_events(Event.objects.filter(actor_id=instance.pk))
        Notification.objects.filter(recipient_id=instance.pk).delete()
        Delivery.objects.filter(recipient_id=instance.pk).delete()
        Event.objects.filter(recipient_id=instance.pk).delete()
        Bounce.objects.filter(address=instance.email.lower()).delete()
        Suppression.objects.filter(address=instance.email.lower()).delete()


def connect() -> None:
    people = get_user_model()
    post_delete.connect(forget, sender=people, dispatch_uid="notifications.forget")
    post_save.connect(follow_zone, sender=people, dispatch_uid="notifications.follow_zone")
