from django.apps import AppConfig


class BelltowerOnStageConfig(AppConfig):
    name = "benchmarks.peers.belltower"
    label = "belltower_on_stage"

    def ready(self) -> None:
        from notifications import kinds

        from .kind import LIKED

        kinds.register(LIKED)
