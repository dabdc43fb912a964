"""The site's settings for `streaming_usual.py`: sessions and people, and nothing that pages need."""

from myproject.settings import *  # noqa: F403 - settings that stand on others
from myproject.settings import DATABASES, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_eventstream"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # its app does not load without
]
ROOT_URLCONF = "benchmarks.streaming_usual"
EVENTSTREAM_CHANNELMANAGER_CLASS = "benchmarks.streaming_usual.Channels"
DATABASES["default"]["CONN_MAX_AGE"] = 0  # as Django asks of sites that serve by ASGI
