import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reputation", "0002_entries_of_a_day")]

    operations = [
        migrations.AlterField(
            "entry",
            "reverses",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reputation.entry",
            ),
        ),
        migrations.RemoveField("standing", "checked_at"),
    ]
