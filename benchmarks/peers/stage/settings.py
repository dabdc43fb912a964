"""Settings of a small site, as lean as Django allows; databases as Belltower sets them."""

from typing import Any

import django
import environ

env = environ.Env()
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = ["*"]
USE_TZ = True
DEBUG = False
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "benchmarks.peers.stage"]
MIDDLEWARE = ["benchmarks.peers.stage.views.Measured"]
ROOT_URLCONF = "benchmarks.peers.stage.urls"
TEMPLATES: list[dict[str, Any]] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.db_url("DATABASE_URL")}
SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {"timeout": 30}
    if django.VERSION >= (5, 1):
        DATABASES["default"]["OPTIONS"] |= {
            "transaction_mode": "IMMEDIATE",
            "init_command": SQLITE_PRAGMAS,
        }
    else:
        DATABASES["default"]["ENGINE"] = "benchmarks.peers.with_hq.sqlite"
DATABASES["default"]["CONN_MAX_AGE"] = 600
for _name, _value in env.email_url("EMAIL_URL", default="dummymail://").items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = "site@localhost"
LOGGING_CONFIG = None

BROKER_URL = env.str("CELERY_BROKER_URL", default="")
STAGE_ATOMIC = "django.db.transaction.atomic"
STAGE_TELL = ""  # called with a like in the transaction that wrote it
STAGE_TOLD = "benchmarks.peers.stage.work.told"
STAGE_CHOOSE = "benchmarks.peers.stage.work.choose"
