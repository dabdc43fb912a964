from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReputationConfig(AppConfig):
    name = "reputation"
    verbose_name = _("Reputation")

    def ready(self) -> None:
        from community.demo.load import played
        from notifications.kinds import register
        from notifications.upkeep import schedule

        from . import signals
        from .demo import count_what_happened
        from .jobs import COMPARE, KEEP
        from .kinds import EARNED

        register(EARNED)
        signals.connect()
        if settings.REPUTATION:
            schedule.register(KEEP)
            schedule.register(COMPARE)
            played.connect(count_what_happened, dispatch_uid="reputation.demo")
        post_migrate.connect(_guard, sender=self, dispatch_uid="reputation.guards")


def _guard(using: str, **kwargs: Any) -> None:
    from . import guards

    guards.install(connections[using])
