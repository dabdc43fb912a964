from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive, RemoveIndexLive


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0016_channels_as_a_list")]

    operations = [
        AddIndexLive(
            "delivery",
            models.Index(
                fields=["channel", "due_at", "id"], name="ntf_delivery_due", condition=Q(state="pending")
            ),
        ),
        RemoveIndexLive("delivery", "ntf_delivery_pending"),
    ]
