"""The community with nobody told of anything."""

from unittest import mock

from community.apps import CommunityConfig


class SilentCommunityConfig(CommunityConfig):
    def ready(self) -> None:
        from community import engagement_signals

        with mock.patch.object(engagement_signals, "connect"):
            super().ready()
