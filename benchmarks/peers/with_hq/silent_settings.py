"""The stage that tells nobody, on the Django that django-notifications-hq needs."""

from benchmarks.peers.stage.settings import *  # noqa: F403 - settings that stand on others
