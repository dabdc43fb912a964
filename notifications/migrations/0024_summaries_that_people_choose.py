import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0023_incoming_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SummaryTimes",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="summary_times",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "hour",
                    models.PositiveSmallIntegerField(
                        default=8,
                        validators=[django.core.validators.MaxValueValidator(23)],
                        verbose_name="hour",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        default=0,
                        verbose_name="weekday",
                    ),
                ),
            ],
            options={
                "verbose_name": "times of summaries",
                "verbose_name_plural": "times of summaries",
            },
        ),
        migrations.AlterField(
            model_name="delivery",
            name="cadence",
            field=models.CharField(
                blank=True,
                choices=[
                    ("quiet", "at the end of quiet hours"),
                    ("together", "some minutes after another message"),
                    ("hourly", "each hour"),
                    ("daily", "each day"),
                    ("weekly", "each week"),
                ],
                db_default="",
                default="",
                max_length=8,
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
                    ("unread", "it leaves if it is not read in the app before"),
                    ("summary", "left to the summary this person chose"),
                    ("quiet", "left to the summary at the end of this person's quiet hours"),
                    ("together", "left to one message with others that came soon after another"),
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
        migrations.AlterField(
            model_name="event",
            name="mail",
            field=models.CharField(
                blank=True,
                choices=[
                    ("queued", "a mail was made of it"),
                    ("opted_out", "mail is switched off in this person's preferences"),
                    ("muted", "this person muted the group or the post"),
                    ("blocked", "this person blocked whoever did it"),
                    ("unwatched", "this person does not follow it any more"),
                    ("not_asked", "mail of this comes only to those who ask for it"),
                    ("summary", "it joins the summary this person chose"),
                    ("folded", "an earlier mail of the last 24 hours already said so"),
                    ("expired", "it was too late to be of use"),
                ],
                max_length=10,
            ),
        ),
    ]
