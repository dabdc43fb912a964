"""Mail to a person was stopped, and they say that it may go again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from web.returning import safe_next

from ..bouncing import suppressing
from .requests import SignedInRequest


@require_POST
@login_required
def resume_mail(request: SignedInRequest) -> HttpResponse:
    address = request.user.email
    try:
        suppressing.resume(address)
        messages.success(request, _("Mail goes to %(address)s again.") % {"address": address})
    except suppressing.TooSoonError as error:
        when = date_format(timezone.localtime(error.at), "DATETIME_FORMAT")
        messages.error(request, _("It came back too often: not before %(when)s.") % {"when": when})
    return redirect(safe_next(request, reverse("inbox")))
