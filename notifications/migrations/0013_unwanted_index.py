from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive

UNWANTED = ("opted_out", "muted", "blocked", "unwatched")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0012_prune_runs")]

    operations = [
        AddIndexLive(
            "event",
            models.Index(
                fields=["recipient", "created_at"],
                name="ntf_event_unwanted",
                condition=Q(outcome__in=UNWANTED),
            ),
        ),
    ]
