from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("Moderation")

    def ready(self) -> None:
        from accounts import returning
        from community.demo.load import played
        from notifications.composing import previews
        from notifications.upkeep import schedule

        from . import jobs, judging, kinds, mails
        from .applying import is_suspended
        from .demo import flag_something

        kinds.register_all()
        judging.connect()
        previews.register("suspended", kinds.SUSPENDED.label, mails.suspension_example)
        for job in jobs.JOBS:
            schedule.register(job)
        returning.register(is_suspended)
        played.connect(flag_something, dispatch_uid="moderation.demo")
