"""What a mail that summed up told, on a page that stays as long as the mail is remembered."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ..models import Delivery
from ..outgoing.summing_up import about, told_again
from .requests import SignedInRequest


@require_safe
@login_required
def show_summary(request: SignedInRequest, pk: int) -> HttpResponse:
    """For its recipient alone; without what they may not see any more."""
    delivery = get_object_or_404(Delivery, pk=pk, recipient=request.user.pk, event_id=None)
    summary = told_again(delivery, request.user)
    if summary is None:
        raise Http404
    return render(request, "notifications/summary.html", {"summary": summary, **about(delivery)})
