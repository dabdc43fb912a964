from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_delete, post_migrate


class CommunityConfig(AppConfig):
    name = "community"

    def ready(self) -> None:
        from . import engagement, engagement_signals, images, models, things

        engagement.register()
        things.register()
        engagement_signals.connect()
        post_delete.connect(
            images.delete_file, sender=models.PostImage, dispatch_uid="community.images.delete_file"
        )
        post_migrate.connect(_keep_search_index, sender=self, dispatch_uid="community.search_index")


def _keep_search_index(using: str, **kwargs: Any) -> None:
    from . import search_index

    search_index.install(connections[using])
