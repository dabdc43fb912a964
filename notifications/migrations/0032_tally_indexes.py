from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0031_tallies")]

    operations = [
        AddIndexLive(
            "event",
            models.Index(fields=["ended_at"], name="ntf_event_ended", condition=Q(ended_at__isnull=False)),
        ),
        AddIndexLive("event", models.Index(fields=["id"], name="ntf_event_dead", condition=Q(state="dead"))),
        AddIndexLive(
            "delivery",
            models.Index(fields=["ended_at"], name="ntf_delivery_ended", condition=Q(ended_at__isnull=False)),
        ),
        AddIndexLive(
            "delivery",
            models.Index(
                fields=["state", "channel", "id"],
                name="ntf_delivery_asked_for",
                condition=Q(state__in=("held", "dead", "failed", "uncertain")),
            ),
        ),
        AddIndexLive(
            "attempt",
            models.Index(fields=["ended_at"], name="ntf_attempt_ended", condition=Q(ended_at__isnull=False)),
        ),
    ]
