from django.db import migrations, models

from myproject.live_index import AddIndexLive


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("community", "0004_what_is_withheld")]

    operations = [
        AddIndexLive(
            "groupmembership", models.Index(fields=["group", "role"], name="community_membership_roles")
        ),
    ]
