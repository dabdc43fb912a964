from django.db import migrations, models

from myproject.live_index import AddIndexLive


class Migration(migrations.Migration):
    """A thing by its number alone, and the rows of one request: the search reads no more than it finds."""

    atomic = False

    dependencies = [("audit", "0002_anchors")]

    operations = [
        AddIndexLive(
            model_name="entry", index=models.Index(fields=["target_id", "id"], name="audit_entry_thing")
        ),
        AddIndexLive(
            model_name="entry", index=models.Index(fields=["request_id", "id"], name="audit_entry_request")
        ),
    ]
