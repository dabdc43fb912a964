from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("community", "0002_search")]
    operations = [
        migrations.AddField(
            model_name="group",
            name="words_in_mail",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Of a private group: without it an email says that something happened, and not what. What was mailed once stays with whoever got it, also when they leave.",
                verbose_name="show in emails what is written here",
            ),
        ),
    ]
