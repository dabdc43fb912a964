"""Mails what is unsent, again and again: the package keeps count of that, and its users send."""

import time
from typing import Any

import django
from django.db import close_old_connections

PAUSE_SECONDS = 1


def main() -> None:
    django.setup()
    from django.apps import apps

    from benchmarks.peers.stage.models import Preference
    from benchmarks.peers.stage.work import mail

    rows: Any = apps.get_model("notifications", "Notification")._default_manager
    while True:
        close_old_connections()
        for row in rows.filter(emailed=False, deleted=False).select_related("recipient").order_by("pk"):
            preference = Preference.objects.filter(person=row.recipient_id).first()
            if preference is None or preference.by_mail:
                mail(str(row.actor), row.target.title, row.recipient.email)
            row.emailed = True
            row.save(update_fields=["emailed"])
        time.sleep(PAUSE_SECONDS)


if __name__ == "__main__":
    main()
