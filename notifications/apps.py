from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from . import checks, people  # noqa: F401 - checks are registered by being imported

        people.connect()
