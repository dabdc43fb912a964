from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Audit log")

    def ready(self) -> None:
        from . import hearing, jobs

        hearing.connect()
        jobs.register()
        post_migrate.connect(_guard, sender=self, dispatch_uid="audit.guards")


def _guard(using: str, **kwargs: Any) -> None:
    from . import guards

    guards.install(connections[using])
