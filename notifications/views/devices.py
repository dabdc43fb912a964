"""The devices that ring: the script that rings in them, and the list of them on the preferences page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import devices
from ..models import PushSubscription


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, since it may only do what is below its own address. Browsers look for a newer one."""
    response = render(request, "notifications/service-worker.js", content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@login_required
@require_POST
def remove_device(request: HttpRequest, pk: int) -> HttpResponse:
    mine = PushSubscription.objects.of(request.user).filter(pk=pk)
    get_object_or_404(mine)
    devices.forget(mine)
    messages.success(request, _("It rings no more."))
    return redirect("preferences")
