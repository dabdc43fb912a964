"""Sessions and tokens from before they were listed are listed as well: whoever ends all others ends them too.

Of where they were begun nothing is known; a browser that goes on being used says it within minutes.
"""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import migrations
from django.utils import timezone

BATCH = 500
NOWHERE = "0.0.0.0"  # nosec B104 # an address that is none


def list_sessions(apps: Any, schema_editor: Any) -> None:
    people, rows = apps.get_model("accounts", "User"), apps.get_model("usersessions", "UserSession")
    place, now = "", timezone.now()
    alive = Session.objects.filter(expire_date__gt=now).order_by(
        "pk"
    )  # the class itself can read what is in one
    while found := list(alive.filter(pk__gt=place)[:BATCH]):
        place = found[-1].pk
        whose = {session.pk: str(session.get_decoded().get(SESSION_KEY, "")) for session in found}
        ids = {int(pk) for pk in whose.values() if pk.isdecimal()}
        there = {str(pk) for pk in people.objects.filter(pk__in=ids).values_list("pk", flat=True)}
        rows.objects.bulk_create(
            [
                rows(
                    user_id=int(pk),
                    session_key=key,
                    ip=NOWHERE,
                    user_agent="",
                    created_at=now,
                    last_seen_at=now,
                )
                for key, pk in whose.items()
                if pk in there
            ],
            ignore_conflicts=True,
        )


def list_tokens(apps: Any, schema_editor: Any) -> None:
    tokens, uses = apps.get_model("knox", "AuthToken"), apps.get_model("accounts", "TokenUse")
    while found := list(tokens.objects.filter(use=None).order_by("pk")[:BATCH]):
        uses.objects.bulk_create([uses(token_id=each.pk, used_at=each.created) for each in found])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_uses_of_tokens"),
        ("usersessions", "0001_initial"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(list_sessions, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(list_tokens, migrations.RunPython.noop, elidable=True),
    ]
