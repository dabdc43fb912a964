from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RightsConfig(AppConfig):
    name = "rights"
    verbose_name = _("Rights of people")

    def ready(self) -> None:
        from accounts import disowning, returning, security
        from notifications.composing import previews
        from notifications.kinds import register
        from notifications.upkeep import schedule

        from . import erasing, exporting, kinds, leaving, mails, signals

        register(kinds.EXPORTED)
        register(kinds.LEAVING)
        previews.register("leaving", kinds.LEAVING.label, mails.leaving_example)
        schedule.register(exporting.JOB)
        schedule.register(erasing.JOB)
        returning.register(leaving.is_leaving)
        disowning.register(leaving.disowned)
        signals.connect()
        security.register("history", "rights/security.html", lambda request: {"is_kept": True}, order=90)
