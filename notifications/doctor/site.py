"""What the site is told about itself: its address, its key, and what browsers need to be rung."""

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

from ..channels import vapid
from .asking import Asking, is_real
from .finding import Finding, failure, ok, warning

KEY_LENGTH, KEY_LETTERS = 50, 5  # as Django's own check has them


def check_address(asking: Asking) -> Iterator[Finding]:
    url = settings.SITE_URL
    host = urlsplit(url).hostname or ""
    if settings.LOCAL or host == "localhost":
        yield warning(
            f"SITE_URL is {url}: links in mails lead to the reader’s own machine.",
            "Set it to the address that people use.",
        )
    elif not url.startswith("https://"):
        yield failure(
            f"SITE_URL is {url}, without encryption.", "Give the site https, and say so in SITE_URL."
        )
    elif not validate_host(host, settings.ALLOWED_HOSTS):
        yield failure(f"ALLOWED_HOSTS has no {host}: every page answers 400.", f"Set ALLOWED_HOSTS={host}.")
    else:
        yield ok(f"{url}.")


def check_safety(asking: Asking) -> Iterator[Finding]:
    key, is_public = settings.SECRET_KEY, not settings.LOCAL
    if settings.DEBUG:
        found = failure if is_public else warning
        yield found("DEBUG is on: errors show the site’s insides to everybody.", "Set DEBUG=0.")
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_LETTERS or key.startswith("django-insecure-"):
        yield failure(
            "SECRET_KEY is short, or one that others know.",
            "Set it to what this prints: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
        )
    elif not settings.DEBUG:
        yield ok("DEBUG is off and SECRET_KEY is long.")


def check_push(asking: Asking) -> Iterator[Finding]:
    path = settings.VAR_DIR / "vapid_key"
    if not settings.HTTPS and not settings.LOCAL:
        yield warning("Browsers cannot be rung: the site has no https.", "Give the site https.")
    elif settings.VAPID_PRIVATE_KEY or path.exists():
        yield from _of_key(path)
    else:
        yield ok("There is no key yet; it is made when somebody first lets a browser ring.")


def _of_key(path: Path) -> Iterator[Finding]:
    try:
        vapid.public_key()
    except (ImproperlyConfigured, OSError) as error:
        yield failure(
            f"The key of push messages cannot be used: {error}",
            "Bring back VAPID_PRIVATE_KEY or var/vapid_key from a backup: with another key no device rings.",
        )
        return
    subject = settings.VAPID_SUBJECT
    named = (urlsplit(subject).hostname or subject).rpartition("@")[2]
    if not settings.VAPID_PRIVATE_KEY and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield failure(f"Others on this machine may read {path}.", f"chmod 600 {path}")
    elif settings.HTTPS and not is_real(named):
        yield warning(f"VAPID_SUBJECT is {subject}.", "Name an address at which push services can reach you.")
    else:
        yield ok("There is a key.")
