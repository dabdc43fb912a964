import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0020_urgent_first")]

    operations = [
        migrations.AddField("event", "paused_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField(
            "delivery", "address", models.CharField(blank=True, db_default="", default="", max_length=254)
        ),
        migrations.AlterField(
            "delivery",
            "recipient",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("read", "it was read in the app first"),
                    ("undone", "it was undone"),
                    ("gone", "what it was about is gone"),
                    ("unproven", "nobody has confirmed this address"),
                    ("hidden", "this person may not see it any more"),
                    ("opted_out", "switched off in this person's preferences"),
                    ("muted", "this person muted the group or the post"),
                    ("blocked", "this person blocked whoever did it"),
                    ("unwatched", "this person does not follow it any more"),
                    ("not_asked", "mail of this comes only to those who ask for it"),
                    ("summary", "left to the summary this person chose"),
                    ("quiet", "left to the summary at the end of this person's quiet hours"),
                    ("empty", "nothing was left to be summed up"),
                    ("no_address", "this person has no address or is not active"),
                    ("expired", "it was too late to be of use"),
                    ("discarded", "discarded by an administrator"),
                    ("stopped", "stopped by whoever looks after the site"),
                    ("refused", "the mail server refused it"),
                    ("unanswered", "handed over twice without an answer"),
                    ("exhausted", "every try failed"),
                    ("error", "an error in this site stopped it"),
                ],
                max_length=10,
            ),
        ),
    ]
