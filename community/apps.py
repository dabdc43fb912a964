from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "community"

    def ready(self) -> None:
        from . import engagement, engagement_signals

        engagement.register()
        engagement_signals.connect()
