import django.db.models.deletion
import django.utils.timezone
import webhooks.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("community", "0003_group_words_in_mail"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                ("events", models.JSONField(default=list)),
                ("secret", models.CharField(default=webhooks.models.new_secret, max_length=64)),
                ("old_secret", models.CharField(blank=True, max_length=64)),
                ("rotated_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[("on", "on"), ("paused", "paused"), ("stopped", "stopped")],
                        default="on",
                        max_length=7,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("gone", "The other side said that it wants no more (410)."),
                            ("failing", "Nothing was taken for days."),
                            ("no_right", "Whoever kept it does not look after this group any more."),
                        ],
                        max_length=8,
                    ),
                ),
                ("stopped_at", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("wait_until", models.DateTimeField(blank=True, null=True)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhooks",
                        to="community.group",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.CharField(default=webhooks.models.new_message_id, max_length=40)),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("post.created", "Somebody posted"),
                            ("comment.created", "Somebody commented"),
                            ("member.joined", "Somebody joined"),
                            ("webhook.test", "A test"),
                        ],
                        max_length=16,
                    ),
                ),
                ("object_id", models.BigIntegerField()),
                ("happened_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "waiting"),
                            ("sending", "being sent"),
                            ("taken", "taken"),
                            ("failed", "given up"),
                            ("skipped", "not sent"),
                        ],
                        default="pending",
                        max_length=7,
                    ),
                ),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("answer", models.CharField(blank=True, max_length=200)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calls",
                        to="webhooks.webhook",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="webhook",
            index=models.Index(fields=["keeper", "group"], name="webhook_keeper"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=models.Q(("state__in", ["pending", "sending"])),
                fields=["due_at", "id"],
                name="webhook_call_due",
            ),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["webhook", "-id"], name="webhook_call_latest"),
        ),
    ]
