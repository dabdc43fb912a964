from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive, AddUniqueLive


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0009_quiet_hours_and_summaries")]

    operations = [
        AddIndexLive(
            "delivery",
            models.Index(
                fields=["summary_id"], name="ntf_delivery_members", condition=Q(summary_id__isnull=False)
            ),
        ),
        AddUniqueLive(
            "delivery",
            models.UniqueConstraint(
                fields=("recipient", "channel", "cadence", "window_start"),
                name="ntf_summary_once",
                condition=Q(window_start__isnull=False),
            ),
        ),
    ]
