from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_save
from django.utils.module_loading import import_string


class StageConfig(AppConfig):
    name = "benchmarks.peers.stage"
    label = "stage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from .models import Like

        if settings.STAGE_TELL:
            post_save.connect(_saved, sender=Like)


def _saved(instance: Any, created: bool, **kwargs: Any) -> None:
    if created:
        import_string(settings.STAGE_TELL)(instance)
