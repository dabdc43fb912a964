"""The product as it is, but for the signals that lead to notifications: what acting costs without them."""

from myproject.settings import *
from myproject.settings import INSTALLED_APPS

INSTALLED_APPS[INSTALLED_APPS.index("community")] = "benchmarks.silent.SilentCommunityConfig"
