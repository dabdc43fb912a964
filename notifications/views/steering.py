"""The presets, and the ways back from what was chosen narrowly: on the preferences page."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ..models import Preset, Rule
from ..steering.blocking import unblock
from ..steering.levels import forget
from ..steering.presets import choose_preset, own_choices

PRESETS: dict[Preset, Any] = {
    Preset.QUIET: gettext_lazy(
        "What is about you or meant for all waits in the inbox. Mail only when somebody calls you by name."
    ),
    Preset.NORMAL: gettext_lazy(
        "What is about you also comes by mail. New posts of your groups are in the inbox."
    ),
    Preset.EVERYTHING: gettext_lazy("All of that, and a mail for each new post in your groups."),
}


@login_required
@require_POST
def preset(request: HttpRequest) -> HttpResponse:
    """Asks first where it would discard what the person chose themselves."""
    wanted = request.POST.get("preset", "")
    if wanted not in Preset.values:
        raise BadRequest
    chosen = Preset(wanted)
    discarded = own_choices(request.user)
    if discarded and "sure" not in request.POST:
        context = {"preset": chosen, "words": PRESETS[chosen], "discarded": discarded}
        return render(request, "notifications/preset_sure.html", context)
    choose_preset(request.user, chosen)
    messages.success(request, _("Saved. It holds from now on, also for what is on its way."))
    return redirect("preferences")


@login_required
@require_POST
def forget_rule(request: HttpRequest, pk: int) -> HttpResponse:
    rules = Rule.objects.of(request.user).filter(pk=pk)
    get_object_or_404(rules)
    forget(rules)
    messages.success(request, _("Back to normal."))
    return redirect("preferences")


@login_required
@require_POST
def unblock_person(request: HttpRequest, pk: int) -> HttpResponse:
    """`pk`: the person's."""
    person = get_object_or_404(get_user_model(), pk=pk)
    if unblock(request.user, person):
        messages.success(request, _("%(name)s reaches you again, from now on.") % {"name": person})
    return redirect("preferences")
