from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive, RemoveIndexLive

PAGES = ["recipient", "-created_at", "-id", "priority", "kind", "place_id"]
SHOWN = Q(deleted_at__isnull=True, done_at__isnull=True, snoozed_until__isnull=True)
UNREAD = Q(deleted_at__isnull=True, read_at__isnull=True, snoozed_until__isnull=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0013_unwanted_index")]

    operations = [
        AddIndexLive("notification", models.Index(fields=PAGES, name="ntf_inbox", condition=SHOWN)),
        AddIndexLive("notification", models.Index(fields=PAGES, name="ntf_inbox_unread", condition=UNREAD)),
        AddIndexLive(
            "notification",
            models.Index(fields=PAGES, name="ntf_inbox_done", condition=Q(done_at__isnull=False)),
        ),
        AddIndexLive(
            "notification",
            models.Index(
                fields=["recipient", "snoozed_until", "id"],
                name="ntf_asleep",
                condition=Q(snoozed_until__isnull=False),
            ),
        ),
        RemoveIndexLive("notification", "ntf_shown"),
        RemoveIndexLive("notification", "ntf_unread"),
        RemoveIndexLive("notification", "ntf_done"),
    ]
