"""For everybody: what the newsletter is, how to get it and to end it, and each edition on the site."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits import answers, attempts
from accounts.limits.attempts import TooOftenError, Whose
from accounts.limits.whose import address_of
from accounts.models import User
from community.forms import add_errors
from community.pages.paging import page_of
from community.pages.requests import SignedInRequest, see_other
from web.returning import safe_next

from .. import subscribing
from ..forms import AddressForm
from ..links import read_confirm, read_end
from ..models import Edition
from ..permissions import may_publish
from ..standing import standing_of


@require_http_methods(["GET", "HEAD", "POST"])
def newsletter(request: HttpRequest) -> HttpResponse:
    """What it is, and its editions so far. POST: somebody without an account wants it."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            attempts.attempt("newsletter", Whose(ip=address_of(request)))
            subscribing.ask(form.cleaned_data["email"])
            return see_other(reverse("newsletter-asked"))
        except ValidationError as error:
            add_errors(form, error)
        except TooOftenError as error:
            answers.refused(request, error)
            form.add_error(None, answers.said(request))
    user = request.user
    page = page_of(Edition.objects.started().readable_by(user).for_display(), request.GET.get("before", ""))
    context = {
        "form": form,
        "editions": page.rows,
        "older": page.older and f"?before={page.older}",
        "is_subscribed": isinstance(user, User) and subscribing.is_subscribed(user),
    }
    return render(request, "newsletters/newsletter.html", context, status=status)


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """The same for every address, whether it is known or not."""
    return render(request, "newsletters/asked.html")


@login_required
@require_POST
def choose(request: SignedInRequest) -> HttpResponse:
    wanted = request.POST.get("wanted") == "1"
    subscribing.choose(request.user, wanted=wanted)
    said = _("You get the newsletter from now on.") if wanted else _("You get the newsletter no more.")
    messages.success(request, said)
    return see_other(safe_next(request, reverse("newsletter")))


@require_safe
def edition(request: HttpRequest, pk: int) -> HttpResponse:
    """On the site; for staff with how far it is."""
    readable = Edition.objects.readable_by(request.user) | Edition.objects.managed_by(request.user)
    found = get_object_or_404(Edition.objects.filter(pk__in=readable.values("pk")).for_display(), pk=pk)
    is_ours = may_publish(request.user)
    context = {"edition": found, "standing": standing_of(found) if is_ours else None}
    return render(request, "newsletters/edition.html", context)


@csrf_exempt  # the signed token says who asks for what
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks: programs follow links in mails as well. POST subscribes."""
    subscriber_id = read_confirm(token)
    state = "asked"
    if subscriber_id is None:
        state = "spent"
    elif request.method == "POST":
        state = "on" if subscribing.confirm(subscriber_id) else "spent"
    return _alone("newsletters/confirm.html", state, status=410 if state == "spent" else 200)


@csrf_exempt  # a mail program has no cookie; the signed token says who asks for what
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks; POST ends it (RFC 8058), or with `again` takes it up again."""
    found = read_end(token)
    if found is None:
        raise Http404
    state = "asked"
    if request.method == "POST":
        state = "on" if "again" in request.POST else "off"
        if state == "on":
            subscribing.take_up_again(found[0])
        else:
            subscribing.end(*found)
    return _alone("newsletters/end.html", state)


def _alone(template: str, state: str, *, status: int = 200) -> HttpResponse:
    """Without the request, so that the page neither reads a session nor sets a cookie."""
    page = render_to_string(template, {"state": state, "site_name": settings.SITE_NAME})
    return HttpResponse(page, status=status)
