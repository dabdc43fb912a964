"""The pages of second factors. Whatever changes one asks first whether it is still them."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import BaseReauthenticateView
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import ReauthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from notifications.devices import label_of_agent

from ..models import User
from ..proof import proven
from . import actions, passkeys, setup
from .actions import Type
from .forms import AppForm, CodeAgainForm, CodeForm, NameForm, PasskeyForm, SignedAgainForm, SignedForm

View = Callable[..., HttpResponse]
after_the_first: Callable[[View], View] = login_stage_required(
    stage=AuthenticateStage.key, redirect_urlname="account_login"
)


def section(request: HttpRequest) -> Mapping[str, Any]:
    """Of the page about security."""
    return {"is_on": actions.factors_of(_user(request)).exists()}


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    factors = list(actions.factors_of(user))
    return render(
        request,
        "mfa/index.html",
        {
            "passkeys": [factor for factor in factors if factor.type == Type.WEBAUTHN],
            "app": next((factor for factor in factors if factor.type == Type.TOTP), None),
            "is_on": bool(factors),
            "codes_left": len(actions.codes_of(user)),
            "may_see_codes": actions.may_see_codes(request),
        },
    )


@login_required
@proven
@require_http_methods(["GET", "POST"])
def turn_on_app(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    if not actions.may_add(user):
        messages.error(request, _("First confirm that your email address is yours."))
        return redirect("account_email")
    secret = setup.secret_of(request)
    form = AppForm(request.POST or None, user=user, secret=secret)
    if form.is_valid():
        actions.turn_on_app(request, user, secret)
        setup.forget(request)
        return _was_added(request, _("Two-step sign-in is on."))
    return render(request, "mfa/totp/activate_form.html", _shown(user, form), status=_status(form))


@login_required
@proven
@require_POST
def turn_off_app(request: HttpRequest) -> HttpResponse:
    app = get_object_or_404(Authenticator, user=_user(request), type=Type.TOTP)
    actions.remove(request, app)
    messages.success(request, _("The app is not asked for codes any more."))
    return redirect("mfa_index")


@login_required
@proven
@require_http_methods(["GET", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    if not actions.may_add(user):
        messages.error(request, _("First confirm that your email address is yours."))
        return redirect("account_email")
    here = label_of_agent(request.headers.get("User-Agent", ""))
    form = PasskeyForm(request.POST or None, initial={"name": here})
    if form.is_valid():
        name = form.cleaned_data["name"] or here or _("Passkey")
        if actions.add_passkey(request, user, name, form.cleaned_data["credential"]):
            return _was_added(request, _("You can sign in with this passkey now."))
        form.add_error(None, _("You have very many passkeys. Remove one first."))
    options = passkeys.begin_registration(user)
    shown = {"form": form, "options": options, "is_first": not actions.factors_of(user).exists()}
    return render(request, "mfa/webauthn/add_form.html", shown, status=_status(form))


@login_required
@proven
@require_http_methods(["GET", "POST"])
def rename_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    passkey = get_object_or_404(actions.passkeys_of(_user(request)), pk=pk)
    form = NameForm(request.POST or None, initial={"name": str(passkey)})
    if form.is_valid():
        actions.rename_passkey(passkey, form.cleaned_data["name"])
        return redirect("mfa_index")
    shown = {"form": form, "passkey": passkey}
    return render(request, "mfa/webauthn/edit_form.html", shown, status=_status(form))


@login_required
@proven
@require_POST
def remove_passkey(request: HttpRequest, pk: int) -> HttpResponse:
    actions.remove(request, get_object_or_404(actions.passkeys_of(_user(request)), pk=pk))
    messages.success(request, _("The passkey lets nobody in any more."))
    return redirect("mfa_index")


@login_required
@require_GET
def see_codes(request: HttpRequest) -> HttpResponse:
    if not actions.may_see_codes(request):
        return redirect("mfa_index")
    return render(request, "mfa/recovery_codes/index.html", {"codes": actions.codes_of(_user(request))})


@login_required
@require_GET
def download_codes(request: HttpRequest) -> HttpResponse:
    if not actions.may_see_codes(request):
        raise Http404
    context = {"codes": actions.codes_of(_user(request))}
    response = render(request, "mfa/recovery_codes/download.txt", context, "text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@login_required
@proven
@require_POST
def make_new_codes(request: HttpRequest) -> HttpResponse:
    actions.make_new_codes(request, _user(request))
    return redirect("mfa_view_recovery_codes")


@after_the_first
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """After the password, or whatever was proven first."""
    stage: Any = request._login_stage  # type: ignore[attr-defined] # the decorator puts it there
    user = stage.login.user
    signed = SignedForm(request.POST if "credential" in request.POST else None, request=request, user=user)
    typed = CodeForm(request.POST if "code" in request.POST else None, request=request, user=user)
    for form in (signed, typed):
        if form.is_valid():
            form.save()
            return cast(HttpResponse, stage.exit())
    types = {factor.type for factor in actions.factors_of(user)}
    shown = {
        "form": typed,
        "signed": signed,
        "has_app": Type.TOTP in types,
        "options": passkeys.begin(user) if Type.WEBAUTHN in types else "",
    }
    return render(request, "mfa/authenticate.html", shown, status=max(_status(signed), _status(typed)))


@require_http_methods(["GET", "POST"])
def sign_in_by_passkey(request: HttpRequest) -> HttpResponse:
    """What to sign, for the script of the page; then what was signed, which is both steps in one."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if refused := ratelimit.consume_or_429(request, app="allauth.account", action="login"):
        return cast(HttpResponse, refused)
    if request.method == "GET":
        return HttpResponse(passkeys.begin(None), "application/json")
    form = SignedForm(request.POST, request=request)
    if not form.is_valid():
        messages.error(request, passkeys.NOT_TAKEN)
        return redirect("account_login")
    form.save()
    login = Login(user=form.cleaned_data["credential"].user, redirect_url=get_next_redirect_url(request))
    return cast(HttpResponse, perform_login(request, login))


@method_decorator(login_required, name="dispatch")
class ProveByCode(ReauthenticateView):
    def get_form_class(self) -> type[CodeForm]:
        return CodeAgainForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}


@method_decorator(login_required, name="dispatch")
class ProveByPasskey(BaseReauthenticateView):
    template_name = "mfa/webauthn/reauthenticate.html"
    form_class = SignedAgainForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request, "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        options = passkeys.begin(_user(self.request))
        return {**super().get_context_data(**kwargs), "options": options}

    def form_valid(self, form: SignedAgainForm) -> HttpResponse:
        form.save()
        return cast(HttpResponse, super().form_valid(form))


def _was_added(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("mfa_view_recovery_codes" if actions.may_see_codes(request) else "mfa_index")


def _shown(user: User, form: AppForm) -> dict[str, Any]:
    adapter = get_adapter()
    address = adapter.build_totp_url(user, form.secret)
    groups = " ".join(form.secret[n : n + 4] for n in range(0, len(form.secret), 4))
    return {
        "form": form,
        "secret": groups,
        "address": address,
        "qr": adapter.build_totp_svg(address),
        "is_first": not actions.factors_of(user).exists(),
    }


def _status(form: Any) -> int:
    return 422 if form.errors else 200


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
