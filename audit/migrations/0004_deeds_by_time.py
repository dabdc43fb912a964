from django.db import migrations, models

from myproject.live_index import AddIndexLive, RemoveIndexLive


class Migration(migrations.Migration):
    """What one person did, in the order of time."""

    atomic = False

    dependencies = [("audit", "0003_found_by_index")]

    operations = [
        AddIndexLive(
            model_name="entry", index=models.Index(fields=["actor_id", "at", "id"], name="audit_entry_deeds")
        ),
        RemoveIndexLive(model_name="entry", name="audit_entry_actor"),
    ]
