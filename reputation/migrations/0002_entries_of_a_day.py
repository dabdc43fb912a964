from django.db import migrations, models
from django.db.models import Q

from myproject.live_index import AddIndexLive, AddUniqueLive, RemoveIndexLive


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("reputation", "0001_the_ledger")]

    operations = [
        AddIndexLive(
            "entry", models.Index(fields=["person", "cause", "happened_at"], name="reputation_entry_day")
        ),
        AddUniqueLive(
            "entry",
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="reputation_reversed_once"
            ),
        ),
        RemoveIndexLive("standing", "reputation_checked"),
    ]
