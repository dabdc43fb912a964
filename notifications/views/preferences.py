"""What reaches a person: one form, a row for each category and a switch for each channel."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ..forms import PreferencesForm
from ..models import NotificationPreference
from ..preferring import set_preferences
from .quiet import quiet_form


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_preferences(request: HttpRequest) -> HttpResponse:
    stored = list(NotificationPreference.objects.of(request.user))
    form = PreferencesForm(stored, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        set_preferences(request.user, form.wishes)
        messages.success(request, _("Saved. It holds from now on, also for what is on its way."))
        return redirect("preferences")
    context = {"form": form, "quiet_form": quiet_form(request)}
    return render(request, "notifications/preferences.html", context)
