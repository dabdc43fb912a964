from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0024_summaries_that_people_choose")]

    operations = [
        AddIndexLive(
            "delivery",
            models.Index(
                fields=["recipient", "ended_at"], name="ntf_delivery_sent", condition=Q(state="sent")
            ),
        ),
    ]
