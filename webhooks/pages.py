"""The pages of those who look after a group: where its news goes, and what became of it."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from community.forms import add_errors
from community.pages.requests import SignedInRequest, see_other

from . import actions
from .forms import WebhookForm
from .models import EventType, Webhook
from .permissions import group_kept_by, webhook_kept_by
from .signing import secrets_of

LATEST = 50  # calls on the page


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks_of_group(request: SignedInRequest, slug: str) -> HttpResponse:
    group = group_kept_by(request.user, slug)
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            return see_other(actions.add(request.user, group, **form.cleaned_data).get_absolute_url())
        except ValidationError as error:
            add_errors(form, error)
    webhooks = group.webhooks.order_by("pk").select_related("keeper")
    context = {"group": group, "webhooks": webhooks, "form": form}
    return render(request, "webhooks/list.html", context, status=422 if form.is_bound else 200)


@login_required
@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    webhook = webhook_kept_by(request.user, pk)
    context = {
        "webhook": webhook,
        "group": webhook.group,
        "secrets": secrets_of(webhook, timezone.now()),
        "events": [EventType(event).label for event in webhook.events],
        "calls": webhook.calls.order_by("-pk")[:LATEST],
    }
    return render(request, "webhooks/webhook.html", context)


@login_required
@require_POST
def change(request: SignedInRequest, pk: int) -> HttpResponse:
    webhook = webhook_kept_by(request.user, pk)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise BadRequest
    try:
        messages.success(request, act(request.user, webhook))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    if act is _remove:
        return see_other(reverse("group-webhooks", args=[webhook.group.slug]))
    return see_other(webhook.get_absolute_url())


def _test(user: User, webhook: Webhook) -> str:
    actions.test(user, webhook)
    return _("A test is on its way. Load this page again in a moment.")


def _pause(user: User, webhook: Webhook) -> str:
    actions.pause(user, webhook)
    return _("Paused. What happens meanwhile is not made up for.")


def _resume(user: User, webhook: Webhook) -> str:
    actions.resume(user, webhook)
    return _("It hears of what happens from now on, as long as you look after the group.")


def _rotate(user: User, webhook: Webhook) -> str:
    actions.rotate(user, webhook)
    return _("There is a new secret. For a day the old one signs as well.")


def _remove(user: User, webhook: Webhook) -> str:
    actions.remove(user, webhook)
    return _("The webhook was removed.")


_ACTS: dict[str, Callable[[User, Webhook], str]] = {
    "test": _test, "pause": _pause, "resume": _resume, "rotate": _rotate, "remove": _remove,
}  # fmt: skip
