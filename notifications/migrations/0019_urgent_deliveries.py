from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0018_breakers")]

    operations = [
        migrations.AddField("delivery", "is_urgent", models.BooleanField(default=False, db_default=False)),
    ]
