from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive, RemoveIndexLive

NEWEST_FIRST = ["recipient", "-created_at", "-id"]
SHOWN = Q(deleted_at__isnull=True, done_at__isnull=True, snoozed_until__isnull=True)
UNREAD = Q(deleted_at__isnull=True, read_at__isnull=True, snoozed_until__isnull=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0003_inbox_states_and_places")]

    operations = [
        AddIndexLive(
            "notification",
            models.Index(fields=NEWEST_FIRST, name="ntf_shown", condition=SHOWN),
        ),
        AddIndexLive(
            "notification",
            models.Index(fields=NEWEST_FIRST, name="ntf_unread", condition=UNREAD),
        ),
        AddIndexLive(
            "notification",
            models.Index(fields=NEWEST_FIRST, name="ntf_saved", condition=Q(saved_at__isnull=False)),
        ),
        AddIndexLive(
            "notification",
            models.Index(fields=NEWEST_FIRST, name="ntf_done", condition=Q(done_at__isnull=False)),
        ),
        AddIndexLive(
            "notification",
            models.Index(
                fields=["snoozed_until"], name="ntf_snoozed", condition=Q(snoozed_until__isnull=False)
            ),
        ),
        AddIndexLive("notification", models.Index(fields=["recipient", "revision"], name="ntf_revision")),
        RemoveIndexLive("notification", "ntf_inbox"),
        RemoveIndexLive("notification", "ntf_inbox_unread"),
    ]
