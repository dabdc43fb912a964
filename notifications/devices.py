"""The devices that ring: which browsers a person said yes in, and when that ends."""

import base64
import re
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from .channels.outbound import ForbiddenError, Place
from .models import PushSubscription
from .transactions import acting

MOST = 16  # of one person; then the one that was used longest ago goes
AUTH_BYTES = 16
COOKIE, COOKIE_SECONDS = "device", 400 * 24 * 60 * 60  # as long as browsers keep any
AWAKE_SECONDS, AWAKE_MAX = 120.0, 10_000
_awake: dict[int, float] = {}  # device → when it asked for a page last
# What a User-Agent says, the more particular first.
BROWSERS = {
    "Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Vivaldi": "Vivaldi",
    "Firefox": "Firefox", "FxiOS": "Firefox", "CriOS": "Chrome", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "CrOS": "ChromeOS",
    "Mac OS X": "Mac", "Linux": "Linux",
}  # fmt: skip


def remember(user: Any, *, endpoint: str, p256dh: str, auth: str, label: str) -> PushSubscription:
    """Ring there from now on. A browser has one owner, who said so last. Raises ValidationError by field."""
    check(endpoint=endpoint, p256dh=p256dh, auth=auth)
    fields = {"user_id": user.pk, "p256dh": p256dh, "auth": auth, "label": label}
    fresh = {"failures": 0, "wait_until": None}
    with acting():
        device, created = PushSubscription.objects.get_or_create(endpoint=endpoint, defaults=fields)
        if not created and (device.user_id, device.p256dh, device.auth) != (user.pk, p256dh, auth):
            for field, value in (fields | fresh).items():
                setattr(device, field, value)
            device.save()
        # At most one a person is new here, so that this is nearly always nothing.
        too_many = PushSubscription.objects.of(user).exclude(pk=device.pk).latest_first()
        PushSubscription.objects.filter(
            pk__in=list(too_many.values_list("pk", flat=True)[MOST - 1 :])
        ).delete()
    return device


def forget(devices: QuerySet[PushSubscription]) -> None:
    with acting():
        devices.delete()


def check(*, endpoint: str, p256dh: str, auth: str) -> None:
    """Whether it is what a browser would say. Raises ValidationError by field."""
    try:
        host = Place.of(endpoint).host
    except ForbiddenError:
        host = ""
    if not is_push_service(host):
        raise ValidationError({"endpoint": _("This is no push service that this site knows.")})
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(p256dh))
        is_whole = len(_bytes(auth)) == AUTH_BYTES
    except ValueError:
        is_whole = False
    if not is_whole:
        raise ValidationError({"keys": _("These are no keys of a browser.")})


def is_push_service(host: str) -> bool:
    """By the site's list: a name, or a domain with a dot before it, for every name below it."""
    return any(
        host.endswith(known) if known.startswith(".") else host == known for known in settings.PUSH_SERVICES
    )


def label_of(request: HttpRequest) -> str:
    """“Firefox on Android”, for the list of devices."""
    return label_of_agent(request.headers.get("User-Agent", ""))


def label_of_agent(said: str) -> str:
    browser = next((name for sign, name in BROWSERS.items() if f"{sign}/" in said), _("A browser"))
    system = next((name for sign, name in SYSTEMS.items() if sign in said), "")
    return _("%(browser)s on %(system)s") % {"browser": browser, "system": system} if system else browser


def mark_browser(response: HttpResponseBase, device: PushSubscription) -> None:
    """So that it is known which of the devices asks, and which one somebody signs out in."""
    response.set_signed_cookie(
        COOKIE, str(device.pk), max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def asking(request: Any) -> int:
    """The device that the request comes from; 0 where none is known."""
    try:
        said = str(request.get_signed_cookie(COOKIE, default="0"))
    except BadSignature:
        return 0
    return int(said) if re.fullmatch("[0-9]{1,18}", said) else 0


def is_open_in(request: Any) -> None:
    """A page of the site is shown by the device that asks. Kept in this process alone: only a hint."""
    if device := asking(request) if COOKIE in request.COOKIES else 0:
        if len(_awake) >= AWAKE_MAX:
            _awake.clear()
        _awake[device] = time.monotonic()


def is_awake(device_id: int) -> bool:
    return time.monotonic() - _awake.get(device_id, -AWAKE_SECONDS) < AWAKE_SECONDS


def signed_out(request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """A browser in which nobody is signed in rings for nobody."""
    if user is not None and request is not None and (device := asking(request)):
        forget(PushSubscription.objects.of(user).filter(pk=device))


def signed_in(request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Nor for whoever was signed in there before."""
    if request is not None and (device := asking(request)):
        forget(PushSubscription.objects.filter(pk=device).exclude(user_id=user.pk))


def password_changed(request: HttpRequest | None, user: Any) -> None:
    """Whoever knew the old one may have been at any of them, but for the one that it was changed in."""
    here = asking(request) if request is not None else 0
    forget(PushSubscription.objects.of(user).exclude(pk=here))


def connect() -> None:
    user_logged_out.connect(signed_out, dispatch_uid="notifications.device_signed_out")
    user_logged_in.connect(signed_in, dispatch_uid="notifications.device_signed_in")


def _bytes(text: str) -> bytes:
    """Of base64url; raises ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+={0,2}", text):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
