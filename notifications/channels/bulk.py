"""Email to many addresses at once: by lanes of its own, so that no mail about a person waits behind it."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ..kinds import Kind
from ..models import Delivery
from ..models.delivery import DeliveryQuerySet
from .email import EmailChannel


class BulkEmailChannel(EmailChannel):
    """What mailings go by (mailings.py); nothing else does, and nobody is asked whether they want it."""

    name = "bulk"
    label = _("Bulk email")
    far_end = EmailChannel.name
    leaves_tenths = 3
    sums_up = False  # a copy waits by itself for its reader's quiet hours to end

    @classmethod
    def threads(cls) -> int:
        return 1

    @classmethod
    def carries(cls, kind: Kind) -> bool:
        return False

    @classmethod
    def due(cls, now: datetime) -> DeliveryQuerySet:
        return super().due(now).running()

    @classmethod
    def reaches(cls) -> QuerySet[Any]:
        return Delivery.objects.none().values(user_id=None)
