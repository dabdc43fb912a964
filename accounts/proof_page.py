"""“Is it still you?”, asked of whoever has no password, or not at hand: by a code that is mailed."""

from typing import Any, cast

from allauth.account.views import BaseReauthenticateView, password_set
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from . import by_mail, proof
from .by_code import CodeForm
from .limits import answers
from .limits.attempts import TooOftenError
from .models import User

SENT = "proof_mailed"  # of the session


class MailedCodeForm(CodeForm):
    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            proof.prove_by_mail(self.request, cast(User, self.request.user), code)
        except TooOftenError as error:
            raise ValidationError(answers.refused(self.request, error)) from error
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return code


@method_decorator(login_required, name="dispatch")
class ProveByMail(BaseReauthenticateView):
    template_name = "accounts/prove_by_mail.html"
    form_class = MailedCodeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "is_sent": SENT in self.request.session}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "send" in request.POST:
            self._send(request)
            return redirect(self.passthrough_next_url(request.path))
        return cast(HttpResponse, super().post(request, *args, **kwargs))

    def form_valid(self, form: MailedCodeForm) -> HttpResponse:
        self.request.session.pop(SENT, None)
        return cast(HttpResponse, super().form_valid(form))

    def _send(self, request: HttpRequest) -> None:
        user = cast(User, request.user)
        try:
            by_mail.ask(request, user.email)
        except TooOftenError as error:
            messages.error(request, answers.refused(request, error))
        except OSError:
            messages.error(request, _("The mail server does not answer. Try again later."))
        else:
            request.session[SENT] = True


# Else whoever sits down at an open browser gives the account a password of their own.
set_password = login_required(proof.proven(password_set))
