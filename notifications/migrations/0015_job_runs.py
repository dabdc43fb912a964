from datetime import UTC, datetime, time, timedelta
from typing import Any

import django.utils.timezone
from django.db import migrations, models


def keep_the_sweepings(apps: Any, schema_editor: Any) -> None:
    runs = [
        apps.get_model("notifications", "JobRun")(
            job="prune",
            due_at=datetime.combine(old.day, time(3), UTC) if old.day else old.started_at,
            started_at=old.started_at,
            ended_at=old.ended_at,
            worker=old.worker,
            lease_until=old.lease_until or old.started_at + timedelta(seconds=60),
            counts=old.counts,
            place=old.place,
        )
        for old in apps.get_model("notifications", "PruneRun").objects.all()
    ]
    apps.get_model("notifications", "JobRun").objects.bulk_create(runs, ignore_conflicts=True)


class Migration(migrations.Migration):
    """A day's sweeping becomes one job among others; what is known of the earlier ones is kept."""

    dependencies = [("notifications", "0014_inbox_filters")]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("job", models.CharField(max_length=32)),
                ("due_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("worker", models.CharField(blank=True, max_length=80)),
                ("lease_until", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("counts", models.JSONField(default=dict)),
                ("place", models.JSONField(default=list)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("job", "due_at"), name="ntf_job_once")],
            },
        ),
        migrations.RunPython(keep_the_sweepings, migrations.RunPython.noop),
        migrations.DeleteModel(name="PruneRun"),
    ]
