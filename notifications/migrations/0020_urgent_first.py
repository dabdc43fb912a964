from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive, RemoveIndexLive


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0019_urgent_deliveries")]

    operations = [
        AddIndexLive(
            "delivery",
            models.Index(
                fields=["channel", "is_urgent", "due_at", "id"],
                name="ntf_delivery_lane",
                condition=Q(state="pending"),
            ),
        ),
        RemoveIndexLive("delivery", "ntf_delivery_due"),
    ]
