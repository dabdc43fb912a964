from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0005_how_far_an_audience_came")]

    operations = [
        AddIndexLive(
            "event",
            models.Index(
                fields=["withdraw_at", "id"],
                name="ntf_event_withdraw",
                condition=Q(withdraw_at__isnull=False),
            ),
        ),
    ]
