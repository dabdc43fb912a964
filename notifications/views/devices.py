"""The devices that ring: the script that rings in them, and the list of them on the preferences page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import devices
from ..channels.sms import SmsChannel
from ..models import PushSubscription
from ..transactions import acting
from .requests import SignedInRequest


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, since it may only do what is below its own address. Browsers look for a newer one."""
    response = render(request, "notifications/service-worker.js", content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@login_required
@require_POST
def choose_texts(request: SignedInRequest) -> HttpResponse:
    """Whether what needs the person also comes as a text message."""
    if not texts_may_come(request.user):
        raise Http404
    with acting():
        people = get_user_model().objects.filter(pk=request.user.pk)
        people.update(urgent_by_sms=request.POST.get("wanted") == "1")
    messages.success(request, _("Saved. It holds from now on, also for what is on its way."))
    return redirect("preferences")


def texts_may_come(user: Any) -> bool:
    return bool(SmsChannel.is_on() and user.phone and user.phone_verified_at)


@login_required
@require_POST
def remove_device(request: HttpRequest, pk: int) -> HttpResponse:
    mine = PushSubscription.objects.of(request.user).filter(pk=pk)
    get_object_or_404(mine)
    devices.forget(mine)
    messages.success(request, _("It rings no more."))
    return redirect("preferences")
