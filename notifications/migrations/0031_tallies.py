from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0030_bounces")]

    operations = [
        migrations.CreateModel(
            name="TallyClock",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "of",
                    models.CharField(
                        choices=[
                            ("event", "facts"),
                            ("delivery", "messages"),
                            ("attempt", "attempts"),
                            ("queue", "what waits"),
                        ],
                        max_length=8,
                    ),
                ),
                ("lane", models.CharField(max_length=8)),
                ("what", models.CharField(blank=True, max_length=24)),
                ("state", models.CharField(max_length=9)),
                ("minutes", models.PositiveSmallIntegerField()),
                ("start", models.DateTimeField()),
                ("count", models.PositiveBigIntegerField(default=0)),
                ("seconds", models.FloatField(default=0)),
                ("spread", models.JSONField(default=list)),
            ],
            options={
                "verbose_name": "tally",
                "verbose_name_plural": "operating",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("minutes", "start", "of", "lane", "what", "state"), name="ntf_tally_once"
                    )
                ],
            },
        ),
    ]
