from django.apps import AppConfig
from django.db.models.signals import post_migrate


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from . import checks, devices, people  # noqa: F401 - checks are registered by being imported
        from .incoming import provider, refusing
        from .realtime import access, revisions
        from .upkeep import jobs

        jobs.register()
        refusing.register()
        provider.connect()
        people.connect()
        devices.connect()
        access.connect()
        post_migrate.connect(revisions.make_clock, sender=self, dispatch_uid="notifications.clock")
