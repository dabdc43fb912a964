from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive


class Migration(migrations.Migration):
    """What one person brought about, in the order of time."""

    atomic = False

    dependencies = [("notifications", "0036_worker_lanes")]

    operations = [
        AddIndexLive(
            "event",
            models.Index(
                fields=["actor", "created_at", "id"],
                name="ntf_event_actor",
                condition=Q(actor__isnull=False),
            ),
        ),
    ]
