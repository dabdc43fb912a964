from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_attempts_that_are_counted")]
    operations = [
        migrations.AddField(
            "user",
            "profile_hidden",
            models.BooleanField(db_default=False, default=False, verbose_name="profile hidden"),
        ),
    ]
