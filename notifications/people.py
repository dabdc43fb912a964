"""When an account is deleted, its inbox goes with it. No foreign key of the database does this for us."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.signals import post_delete

from .models import Delivery, Event, Notification
from .withdrawal import retract_events


def forget(instance: Any, **kwargs: Any) -> None:
    """What it brought about is withdrawn from others; what it was told is removed."""
    with transaction.atomic():
        retract_events(Event.objects.filter(actor_id=instance.pk))
        Notification.objects.filter(recipient_id=instance.pk).delete()
        Delivery.objects.filter(recipient_id=instance.pk).delete()
        Event.objects.filter(recipient_id=instance.pk).delete()


def connect() -> None:
    post_delete.connect(forget, sender=get_user_model(), dispatch_uid="notifications.forget")
