from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        from community.demo.load import played
        from notifications.kinds import register
        from notifications.outbox import lanes
        from notifications.upkeep import schedule

        from . import pruning, sending, signals
        from .demo import stand_ready
        from .kind import STOPPED

        register(STOPPED)
        signals.connect()
        lanes.register(sending.LANE)
        schedule.register(pruning.JOB)
        played.connect(stand_ready, dispatch_uid="webhooks.demo")
