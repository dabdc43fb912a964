from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AnnouncementsConfig(AppConfig):
    name = "announcements"
    verbose_name = _("Announcements")

    def ready(self) -> None:
        from community.demo.load import played
        from notifications.kinds import register

        from . import signals
        from .demo import announce
        from .kind import ANNOUNCED

        register(ANNOUNCED)
        signals.connect()
        played.connect(announce, dispatch_uid="announcements.demo")
