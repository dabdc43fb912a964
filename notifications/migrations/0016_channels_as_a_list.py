from django.db import migrations, models


class Migration(migrations.Migration):
    """To the database nothing changes: it never knew which channels there are."""

    dependencies = [("notifications", "0015_job_runs")]

    operations = [
        migrations.AlterField("delivery", "channel", models.CharField(max_length=8)),
    ]
