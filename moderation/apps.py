from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        from community.demo.load import played
        from notifications.composing import previews
        from notifications.upkeep import schedule

        from . import jobs, judging, kinds, mails
        from .demo import flag_something

        kinds.register_all()
        judging.connect()
        previews.register("suspended", kinds.SUSPENDED.label, mails.suspension_example)
        for job in jobs.JOBS:
            schedule.register(job)
        played.connect(flag_something, dispatch_uid="moderation.demo")
