"""What reaches a person: a switch for each category and channel, and what is different for some kinds."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import devices
from ..models import NotificationPreference, PushSubscription, Rule
from ..steering.cadencing import next_summaries, set_summary_times, summary_times_of
from ..steering.chosen import blocked_by, chosen_by
from ..steering.forms import PreferencesForm
from ..steering.levels import set_kinds
from ..steering.preferring import set_preferences
from ..steering.presets import preset_of
from ..steering.preview import preview
from ..steering.summary_form import SummaryTimesForm
from .devices import texts_may_come
from .quiet import quiet_form
from .requests import SignedInRequest
from .steering import PRESETS


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit_preferences(request: SignedInRequest) -> HttpResponse:
    preset = preset_of(request.user)
    data = request.POST if request.method == "POST" else None
    texts = texts_may_come(request.user)
    ringing = list(PushSubscription.objects.of(request.user).latest_first())
    form = PreferencesForm(
        list(NotificationPreference.objects.of(request.user)),
        data,
        rules=list(Rule.objects.of(request.user).filter(scope=Rule.Scope.KIND)),
        preset=preset,
        rings=bool(ringing) or (texts and request.user.urgent_by_sms),
    )
    times = summary_times_of(request.user)
    times_form = SummaryTimesForm(times, data)
    if data is not None and form.is_valid() and times_form.is_valid():
        set_preferences(request.user, form.wishes)
        if times_form.changes:
            set_summary_times(request.user, times_form.changes)
        set_kinds(request.user, form.differences)
        messages.success(request, _("Saved. It holds from now on, also for what is on its way."))
        return redirect("preferences")
    context = {
        "form": form,
        "times_form": times_form,
        "next_summaries": next_summaries(request.user, times),
        "preset": preset,
        "presets": PRESETS,
        "rings": form.rings,
        "texts_may_come": texts,
        "devices": ringing,
        "here": devices.asking(request),
        "quiet_form": quiet_form(request),
        "preview": preview(request.user),
        "chosen": chosen_by(request.user),
        "blocks": blocked_by(request.user),
    }
    return render(request, "notifications/preferences.html", context)
