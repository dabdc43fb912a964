"""The product as it is, but for the signals that lead to notifications: what acting costs without them."""

from myproject.settings import *  # noqa: F403 - settings that stand on others
from myproject.settings import INSTALLED_APPS

INSTALLED_APPS[INSTALLED_APPS.index("community")] = "benchmarks.silent.SilentCommunityConfig"
