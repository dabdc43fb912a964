"""Settings of the test suite: nothing leaves the process unless a test asks for it."""

import os
import tempfile
from pathlib import Path

from .settings import *
from .settings import DATABASES, REST_FRAMEWORK, STORAGES, VAR_DIR

SECRET_KEY = "only-for-tests"  # nosec B105 # not a secret
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
NOTIFICATION_EXECUTOR = "inline"
NOTIFICATION_EMAIL_DELAY_SECONDS = 0
NOTIFICATION_MAIL_PER_DOMAIN = 0
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True
VAPID_PRIVATE_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"  # nosec B105 # not a secret
SMS_BACKEND = ""
AUDIT_CHECKPOINT_FILE = ""
TRACES = False
REPUTATION = False  # a badge is a notification: tests of the engine count its rows
MEDIA_ROOT = VAR_DIR / "test-media"
EXPORT_ROOT = VAR_DIR / "test-exports"
REST_FRAMEWORK = REST_FRAMEWORK | {
    "DEFAULT_THROTTLE_CLASSES": [],
    "DEFAULT_THROTTLE_RATES": {},
}
ACCOUNT_RATE_LIMITS = False  # type: ignore[assignment] # as allauth documents it
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: threads and processes of the tests must meet the locking of a real site.
    DATABASES["default"]["TEST"] = {
        "NAME": str(Path(tempfile.gettempdir()) / f"belltower-test-{os.getpid()}.sqlite3")
    }
    # Tests kill processes, not the machine: this process need not wait for the disk.
    DATABASES["default"]["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"
