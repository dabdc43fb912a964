from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """No tables: what is kept of backups stands in the archives themselves, and in the runs of jobs."""

    name = "backups"

    def ready(self) -> None:
        from notifications.upkeep import concerns

        from . import recording

        concerns.register(recording.concern)
