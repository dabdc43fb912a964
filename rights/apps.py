from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RightsConfig(AppConfig):
    name = "rights"
    verbose_name = _("Rights of people")

    def ready(self) -> None:
        from notifications.kinds import register
        from notifications.upkeep import schedule

        from . import exporting, kinds, signals

        register(kinds.EXPORTED)
        schedule.register(exporting.JOB)
        signals.connect()
