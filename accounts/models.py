"""Who the people are. Everything else refers to them through `settings.AUTH_USER_MODEL`."""

from collections.abc import Iterable
from typing import ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

USERNAME_LENGTH = 32
AGENT_LENGTH = 200  # as allauth keeps it of sessions
is_phone_number = RegexValidator(r"\A\+[1-9][0-9]{6,14}\Z", _("Write it as +491512345678."))
FORMER_ADDRESS = "former-member@invalid"  # of the account that stands for all who are gone; no mailbox


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone, such as Europe/Berlin."), params={"name": name}
        )


def validate_language(code: str) -> None:
    if code not in dict(settings.LANGUAGES):
        raise ValidationError(_("“%(code)s” is not a language of this site."), params={"code": code})


def language_in_use() -> str:
    """That of the request, for whoever becomes a member by it."""
    code = translation.get_language()
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def display_name(user: "User") -> str:
    """The name that others read (allauth's ACCOUNT_USER_DISPLAY)."""
    if user.email == FORMER_ADDRESS:
        return translation.gettext("A former member")
    return user.name or user.username


class UserManager(DjangoUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Usernames and emails are unique whatever their case, so signing in does not ask for it either."""
        return self.get(username__iexact=username)

    def with_usernames(self, names: Iterable[str]) -> models.QuerySet["User"]:
        """Active people with one of these names, whatever its case."""
        lowered = [name.lower() for name in names]
        return self.filter(is_active=True).annotate(lowered=Lower("username")).filter(lowered__in=lowered)


class User(AbstractUser):
    username = models.CharField(
        _("username"),
        max_length=USERNAME_LENGTH,
        unique=True,
        help_text=_("Letters, digits, hyphen and underscore. Others mention you by it: @username."),
        validators=[
            RegexValidator(r"\A[A-Za-z0-9_-]+\Z", _("Use letters, digits, hyphen and underscore only."))
        ],
        error_messages={"unique": _("Somebody has this username already.")},
    )
    name = models.CharField(_("name"), max_length=80)
    email = models.EmailField(_("email address"), unique=True)
    bio = models.CharField(_("about you"), max_length=300, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    language = models.CharField(_("language"), max_length=8, default="en", validators=[validate_language])
    # Only a number that is proven is used: `phone_verified_at` says since when it is.
    phone = models.CharField(
        _("phone number"),
        max_length=16,
        null=True,
        blank=True,
        unique=True,
        validators=[is_phone_number],
        error_messages={"unique": _("Somebody has this number already.")},
    )
    phone_verified_at = models.DateTimeField(_("phone number proven"), null=True, blank=True)
    urgent_by_sms = models.BooleanField(
        _("text messages about what needs this person"), default=False, db_default=False
    )
    # By the moderation: what they say of themselves is shown to nobody else, and no list leads to them.
    profile_hidden = models.BooleanField(_("profile hidden"), default=False, db_default=False)
    first_name = None  # type: ignore[assignment] # Django removes an inherited field this way
    last_name = None  # type: ignore[assignment] # likewise

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_ci"),
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_ci"),
        ]

    def __str__(self) -> str:
        return display_name(self)

    def get_absolute_url(self) -> str:
        return reverse("profile", args=[self.username])

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.username


class Attempts(models.Model):
    """The newest attempts of one kind from one address, on one account or by one person; see `limits`.

    Nobody is named: the key is a keyed hash. Deleting a row lets them try again.
    """

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    action = models.CharField(_("action"), max_length=40)
    moments = models.TextField(_("moments"))  # the newest first, each of `limits.attempts.ENTRY` characters
    expires_at = models.DateTimeField(_("counts until"))

    class Meta:
        verbose_name = _("attempts")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return self.action


class PhoneCode(models.Model):
    """The newest code for a number and what it is asked for; see `phones.codes`.

    Nobody is named: both are keyed hashes. Deleting a row makes its code worthless.
    """

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    digest = models.CharField(_("mark of the code"), max_length=64)  # empty once it has been used
    guesses = models.PositiveSmallIntegerField(_("guesses"))
    expires_at = models.DateTimeField(_("good until"))

    class Meta:
        verbose_name = _("code by text message")
        verbose_name_plural = _("codes by text message")

    def __str__(self) -> str:
        return self.key[:8]


class TokenUse(models.Model):
    """What the owner of a token of the API is shown of it; see `access.tokens`."""

    token = models.OneToOneField(
        settings.KNOX_TOKEN_MODEL, verbose_name=_("token"), on_delete=models.CASCADE, related_name="use"
    )
    agent = models.CharField(_("program"), max_length=AGENT_LENGTH, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)  # of IPv6 the network
    used_at = models.DateTimeField(_("used last"))

    class Meta:
        verbose_name = _("use of a token")
        verbose_name_plural = _("uses of tokens")

    def __str__(self) -> str:
        return self.agent
