from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_event_key_once")]

    operations = [
        migrations.AddField("event", "place_id", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("notification", "place_id", models.BigIntegerField(blank=True, null=True)),
        migrations.AddField("notification", "seen_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("notification", "done_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("notification", "saved_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("notification", "snoozed_until", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("notification", "revision", models.BigIntegerField(db_default=0, default=0)),
    ]
