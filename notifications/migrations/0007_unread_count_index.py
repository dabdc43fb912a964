from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive

UNREAD = Q(deleted_at__isnull=True, read_at__isnull=True, snoozed_until__isnull=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0006_withdrawal_index")]

    operations = [
        AddIndexLive(
            "notification", models.Index(fields=["recipient"], name="ntf_unread_count", condition=UNREAD)
        ),
    ]
