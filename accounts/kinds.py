"""What accounts notify of: that one was made, and that somebody signed in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import Content, Kind, register
from notifications.models import Category, Notification

from .models import User


class _AccountKind(Kind):
    category = Category.ACCOUNT
    notifies_actor = True
    steered = False
    read_on_visit = False
    reason = gettext_lazy("Because it is your account")

    def target(self, obj: Any) -> tuple[str, int]:
        return "user", obj.pk

    def actor_id(self, obj: User) -> int:
        return obj.pk

    def recipients(self, obj: User) -> Iterable[int]:
        return [obj.pk]


class SignedUp(_AccountKind):
    type = "SIGNUP"
    label = gettext_lazy("Your account was created")
    sentence = gettext_lazy("Account Created")
    icon = "sparkles"
    button = gettext_lazy("Come in")

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        welcome = _("Welcome to %(site)s, %(name)s. Say hello, or look for a group near you.")
        said = welcome % {"site": settings.SITE_NAME, "name": user.get_short_name()}
        return {row.pk: Content(thing=settings.SITE_NAME, url="/", said=said) for row in notifications}

    def example(self, reader: Any) -> Content:
        return Content(thing=settings.SITE_NAME, url="/")


class SignedIn(_AccountKind):
    """Each time is told by itself, and none is mailed."""

    type = "LOGIN"
    label = gettext_lazy("Somebody signed in to your account")
    sentence = gettext_lazy("Login Successful")
    icon = "key"
    kept = timedelta(days=30)
    channels = frozenset()
    priority = Notification.Priority.AROUND_YOU

    def key(self, obj: User, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.pk}:{timezone.now().isoformat()}"

    def group_key(self, obj: User) -> str:
        return f"{self.type}:{timezone.now().isoformat()}"

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        contents = {}
        for row in notifications:
            when = formats.date_format(timezone.localtime(row.created_at), "DATETIME_FORMAT")
            said = _("You signed in (%(when)s). If that was not you, change your password.") % {"when": when}
            contents[row.pk] = Content(thing=settings.SITE_NAME, url="/accounts/password/change/", said=said)
        return contents


SIGNED_UP, SIGNED_IN = SignedUp(), SignedIn()
register(SIGNED_UP)
register(SIGNED_IN)
