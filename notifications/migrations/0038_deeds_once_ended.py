from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive, RemoveIndexLive


class Migration(migrations.Migration):
    """What one person brought about is indexed when it has ended, no longer when it is written."""

    atomic = False

    dependencies = [("notifications", "0037_events_of_a_person")]

    operations = [
        AddIndexLive(
            "event",
            models.Index(
                fields=["actor", "created_at", "id"],
                name="ntf_event_deeds",
                condition=Q(actor__isnull=False, ended_at__isnull=False),
            ),
        ),
        RemoveIndexLive("event", "ntf_event_actor"),
    ]
