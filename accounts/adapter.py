"""How allauth does things on this site."""

from email.utils import make_msgid
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

import audit
from notifications.bouncing import suppressing
from notifications.composing.headers import automatic, host
from notifications.composing.mail import assembled, filled
from notifications.transactions import acting

from . import own_address
from .access.holding import hold, hold_by
from .actions import free_username
from .limits import answers, guesses
from .limits.attempts import TooOftenError
from .limits.whose import address_of
from .models import User, language_in_use

_ANOTHER_WAY = {"webauthn": _("Use your passkey"), "code": _("Type a code")}
_BY_MAIL = _("Have a code mailed")
_NO_MATCH = _("This name and this password do not belong together.")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _NO_MATCH,
        "email_password_mismatch": _NO_MATCH,
        "email_taken": _("Somebody has an account with this address already. Is it you? Then sign in."),
        "incorrect_password": _("This is not your password."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Where mail bounces, now and then: else whoever lost their password might never come back."""
        if suppressing.may_try(email):
            super().send_mail(template_prefix, email, context)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """After the commit. What it tells of holds whether or not the mail server takes the news of it."""
        send = super().send_notification_mail

        def mail() -> None:  # a partial has no name to log it by
            send(*args, **kwargs)

        transaction.on_commit(mail, robust=True)

    def render_mail(
        self, template_prefix: str, email: str | list[str], context: Any, headers: Any = None
    ) -> EmailMultiAlternatives:
        """As every mail of the site, in the language of whoever it is to, where that is known."""
        user = context.get("user")
        language = user.language if user else translation.get_language()
        with translation.override(language), timezone.override(user.time_zone if user else None):
            subject, text, html = (
                filled([f"{template_prefix}_{part}"], context)
                for part in ("subject.txt", "message.txt", "message.html")
            )
            own = {"Message-ID": make_msgid(domain=host()), **automatic(), **(headers or {})}
            [to] = [email] if isinstance(email, str) else email
            return assembled(subject, text, html, sender=self.get_from_email(), to=to, headers=own)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """A link, and a code for whoever reads their mail elsewhere."""
        address = emailconfirmation.email_address
        context = {
            "user": address.user,
            "activate_url": self.get_email_confirmation_url(request, emailconfirmation),
            "code": own_address.new_code(address),
        }
        name = "email_confirmation_signup" if signup else "email_confirmation"
        self.send_mail(f"account/email/{name}", address.email, context)

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """A program is answered, and keeps nothing for a page that it never opens."""
        if not request.path_info.startswith("/api/"):
            super().add_message(request, *args, **kwargs)

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Also where somebody who is signed in types their password again."""
        try:
            return guesses.judge(request, **credentials)
        except TooOftenError as error:
            answers.refused(request, error)
            raise self.validation_error("too_many_login_attempts") from error

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code in ("too_many_login_attempts", "rate_limited"):
            return ValidationError(answers.said(context.request), code=code)
        error: ValidationError = super().validation_error(code, *args)
        return error

    def get_login_stages(self) -> list[str]:
        """`FirstTimeByMailStage` in the place of allauth's own, which asks each time."""
        allauths = "allauth.account.stages.EmailVerificationStage"
        stages = super().get_login_stages()
        return ["accounts.stages.FirstTimeByMailStage" if name == allauths else name for name in stages]

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """As `proof` has it. Of second factors a passkey first, which is quicker than a code."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        second = [
            each | {"description": _ANOTHER_WAY["webauthn" if "webauthn" in each["id"] else "code"]}
            for each in methods
            if each["id"] != "reauthenticate"
        ]
        by_mail = {"id": "mail", "description": _BY_MAIL, "url": reverse("prove-by-mail")}
        return sorted(second, key=lambda each: "webauthn" not in each["id"]) or [*methods, by_mail]

    def populate_username(self, request: HttpRequest, user: User) -> None:
        user.username = user.username or free_username(user.email)

    def clean_email(self, email: str) -> str:
        return str(super().clean_email(email)).lower()

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """All of it or nothing, and nothing of an address that was taken from the account meanwhile."""
        with acting():
            hold(email_address.user)
            there = EmailAddress.objects.filter(pk=email_address.pk, user=email_address.user_id)
            return there.exists() and bool(super().confirm_email(request, email_address))

    def set_password(self, user: User, password: str) -> None:
        """Changed, or chosen anew by what was mailed: known by the page that asks for it.

        By nobody who proved to be the owner by a password that was replaced meanwhile.
        """
        before = user.password
        user.set_password(password)  # takes its time, and is done before the transaction
        page = self.request.resolver_match.url_name if self.request and self.request.resolver_match else ""
        by_mail = "reset" in (page or "")
        with acting():
            if hold_by(self.request, user).password != before:
                raise ImmediateHttpResponse(redirect("account_login"))
            user.save(update_fields=["password"])
            action = audit.PASSWORD_RESET if by_mail else audit.PASSWORD_CHANGED
            audit.record(action, actor=user, target=user)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.name = form.cleaned_data["name"]
        user.language = language_in_use()
        user.time_zone = form.cleaned_data.get("time_zone") or user.time_zone
        saved: User = super().save_user(request, user, form, commit)
        return saved
