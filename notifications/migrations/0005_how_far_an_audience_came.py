from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_inbox_indexes")]

    operations = [
        migrations.AddField("event", "told", models.PositiveIntegerField(db_default=0, default=0)),
        migrations.AddField("event", "withdraw_at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            model_name="delivery",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("read", "it was read in the app first"),
                    ("undone", "it was undone"),
                    ("gone", "what it was about is gone"),
                    ("hidden", "this person may not see it any more"),
                    ("opted_out", "switched off in this person's preferences"),
                    ("summary", "left to the summary this person chose"),
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
        migrations.AlterField(
            model_name="event",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("notified", "is in the inbox"),
                    ("expanded", "is in the inbox of everybody it concerned"),
                    ("opted_out", "switched off in this person's preferences"),
                    ("hidden", "this person may not see it any more"),
                    ("gone", "what it was about is gone"),
                    ("undone", "it was undone"),
                    ("silenced", "made by an import, which notifies nobody"),
                    ("discarded", "discarded by an administrator"),
                    ("stopped", "stopped by whoever looks after the site; what was unread was taken back"),
                    ("expired", "its time is over; what was unread was taken back"),
                    ("failed", "failed too often"),
                    ("crashed", "its worker crashed too often"),
                ],
                max_length=12,
            ),
        ),
    ]
