"""The mails about accounts, which leave at once and past the engine; listed to be looked at."""

from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from notifications.composing import previews

OF_FACTORS = {
    "totp_activated": _("Two-step sign-in was turned on"),
    "totp_deactivated": _("The codes of your app were turned off"),
    "recovery_codes_generated": _("You have new recovery codes"),
    "webauthn_added": _("Your account has a new passkey"),
    "webauthn_removed": _("A passkey was removed"),
    "recovery_code_used": _("A recovery code was used"),
    "factor_taken_away": _("Staff removed your second step"),
}
MAILS = {
    "email_confirmation_signup": _("Welcome: is this your email address?"),
    "email_confirmation": _("Is this your email address?"),
    "email_confirm": _("Your email address is confirmed"),
    "email_changed": _("Your email address was changed"),
    "email_deleted": _("An email address was removed"),
    "account_already_exists": _("You have an account already"),
    "unknown_account": _("No account with this address"),
    "password_reset_key": _("Choose a new password"),
    "password_reset": _("Your password was replaced"),
    "new_device": _("Somebody signed in on another device"),
    "password_changed": _("Your password was changed"),
    "password_set": _("Your account has a password now"),
    "login_code": _("Your code to sign in"),
    "password_reset_code": _("Your code for a new password"),
}


def register() -> None:
    for folder, mails in (("account", MAILS), ("mfa", OF_FACTORS)):
        for name, label in mails.items():
            previews.register(name.replace("_", "-"), label, partial(example, folder, name))


def example(folder: str, name: str, reader: Any) -> EmailMultiAlternatives:
    from .adapter import AccountAdapter  # the adapter needs the models

    context = {
        "user": reader,
        "username": reader.username,
        "email": reader.email,
        "from_email": "old@example.com",
        "to_email": reader.email,
        "deleted_email": "old@example.com",
        "activate_url": f"{settings.SITE_URL}/accounts/confirm-email/example/",
        "password_reset_url": f"{settings.SITE_URL}/accounts/password/reset/key/example/",
        "signup_url": f"{settings.SITE_URL}/accounts/signup/",
        "device": "Firefox",
        "not_me_url": f"{settings.SITE_URL}/accounts/not-me/example/",
        "code": "KQ7-2XM" if name.endswith("_code") or name.startswith("email_confirmation") else "",
        "codes_left": 7,
        "ip": "203.0.113.7",
        "user_agent": "Firefox",
        "timestamp": timezone.now(),
    }
    return AccountAdapter().render_mail(f"{folder}/email/{name}", reader.email, context)
