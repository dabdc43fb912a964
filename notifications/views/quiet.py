"""Quiet hours: a form on the page of preferences, and a page of its own where something is wrong with it."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..models import QuietHours
from ..steering.quiet import quiet_until
from ..steering.quiet_form import QuietHoursForm
from ..steering.quieting import quiet_hours_of, set_quiet_hours


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_quiet_hours(request: HttpRequest) -> HttpResponse:
    form = quiet_form(request)
    if request.method == "POST" and form.is_valid():
        hours = set_quiet_hours(request.user, form.changes, time_zone=form.cleaned_data["time_zone"])
        messages.success(request, _said(hours, ZoneInfo(form.cleaned_data["time_zone"])))
        return redirect(f"{reverse('preferences')}#quiet-hours")
    status = 422 if form.is_bound else 200
    return render(request, "notifications/quiet_hours.html", {"quiet_form": form}, status=status)


def quiet_form(request: HttpRequest) -> QuietHoursForm:
    """As it is stored, or as it was just sent."""
    user: Any = request.user
    data = request.POST if request.method == "POST" else None
    return QuietHoursForm(quiet_hours_of(user), data, time_zone=user.time_zone)


def _said(hours: QuietHours, zone: ZoneInfo) -> str:
    if not hours.is_on:
        return _("Saved. Nothing waits any more.")
    until = quiet_until(timezone.now(), hours, zone)
    if until is None:
        return _("Saved. It is not quiet now.")
    return _("Saved. It is quiet now, until %(time)s.") % {"time": time_format(until.astimezone(zone))}
