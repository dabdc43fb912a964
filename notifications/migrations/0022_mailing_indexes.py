from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive, AddUniqueLive


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0021_mailings")]

    operations = [
        AddIndexLive(
            "event",
            models.Index(fields=["paused_at"], name="ntf_event_paused", condition=Q(paused_at__isnull=False)),
        ),
        AddUniqueLive(
            "delivery",
            models.UniqueConstraint(
                fields=["event_id", "address"], name="ntf_delivery_address_once", condition=~Q(address="")
            ),
        ),
    ]
