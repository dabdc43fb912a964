"""The page of the rules, for staff."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community.forms import add_errors
from community.pages.requests import SignedInRequest, see_other

from . import actions
from .forms import RuleForm
from .models import WordRule


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_list(request: SignedInRequest) -> HttpResponse:
    if not request.user.is_staff:
        raise PermissionDenied
    form = RuleForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_rule(request.user, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The rule holds from now on."))
            return see_other(reverse("word-rules"))
    context = {"rules": WordRule.objects.select_related("by"), "form": form}
    return render(request, "moderation/rules.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def remove_rule(request: SignedInRequest, pk: int) -> HttpResponse:
    if not request.user.is_staff:
        raise PermissionDenied
    actions.remove_rule(request.user, get_object_or_404(WordRule, pk=pk))
    messages.success(request, _("The rule was removed."))
    return see_other(reverse("word-rules"))
