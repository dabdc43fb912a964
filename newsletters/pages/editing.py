"""For staff: editions are written, looked at, tried out, sent, paused, stopped."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.forms import add_errors
from community.pages.paging import page_of
from community.pages.requests import SignedInRequest, see_other
from notifications.inbox.paging import read_stamp, stamp
from notifications.models import Delivery
from notifications.views.mail import frame_of, may_be_framed

from .. import actions
from ..forms import EditionForm, initial_of
from ..mails import edition_mail
from ..models import Edition
from ..permissions import managed, may_publish
from ..segments import reach_of
from ..standing import standing_of, standings


@login_required
@require_safe
def edition_list(request: SignedInRequest) -> HttpResponse:
    _check(request)
    page = page_of(Edition.objects.managed_by(request.user).for_display(), request.GET.get("before", ""))
    context = {"standings": standings(page.rows), "older": page.older and f"?before={page.older}"}
    return render(request, "newsletters/editions.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    _check(request)
    form = EditionForm(request.user, request.POST or None)
    if form.is_valid():
        try:
            draft = actions.write(request.user, **form.cleaned_data)
            return see_other(reverse("send-edition", args=[draft.pk]))
        except ValidationError as error:
            add_errors(form, error)
    status = 422 if form.is_bound else 200
    return render(request, "newsletters/form.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    edition = managed(request.user, pk)
    standing = standing_of(edition)
    if request.method != "POST" and not standing.may_be_changed:
        return redirect(edition)
    form = EditionForm(request.user, request.POST or None, initial=initial_of(edition))
    if form.is_valid():
        try:
            actions.edit(request.user, edition, **form.cleaned_data)
            return see_other(reverse("send-edition", args=[pk]))
        except ValidationError as error:
            add_errors(form, error)
    context = {"form": form, "edition": edition, "standing": standing}
    return render(request, "newsletters/form.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET: the mail, whom it would reach and who is left out. POST: send it."""
    edition = managed(request.user, pk)
    problem = ""
    if request.method == "POST":
        try:
            actions.send(request.user, edition, seen=read_stamp(request.POST.get("seen", "")))
            return see_other(edition.get_absolute_url())
        except ValidationError as error:
            problem = " ".join(error.messages)
            edition = managed(request.user, pk)
    if edition.confirmed_at is not None:
        return redirect(edition)
    context = {
        "edition": edition,
        "reach": (reach := reach_of(edition)),
        "left_out": [(Delivery.Reason(why).label, count) for why, count in reach.left_out.items()],
        "message": _example(request, edition),
        "seen": stamp(edition.edited_at),
        "problem": problem,
    }
    return render(request, "newsletters/send.html", context, status=422 if problem else 200)


@require_safe
@may_be_framed
@login_required
def mail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the frame on the page before sending shows."""
    return frame_of(_example(request, managed(request.user, pk)))


@login_required
@require_POST
def try_out(request: SignedInRequest, pk: int) -> HttpResponse:
    actions.try_out(request.user, managed(request.user, pk))
    messages.success(request, _("It is on its way to %(address)s.") % {"address": request.user.email})
    return see_other(reverse("send-edition", args=[pk]))


@login_required
@require_POST
def pause(request: SignedInRequest, pk: int) -> HttpResponse:
    edition = managed(request.user, pk)
    actions.pause(request.user, edition)
    messages.success(request, _("It is paused: nothing more leaves until you resume it."))
    return see_other(edition.get_absolute_url())


@login_required
@require_POST
def resume(request: SignedInRequest, pk: int) -> HttpResponse:
    edition = managed(request.user, pk)
    actions.resume(request.user, edition)
    messages.success(request, _("It goes on where it stood."))
    return see_other(edition.get_absolute_url())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Says first how far it is."""
    edition = managed(request.user, pk)
    if request.method != "POST":
        standing = standing_of(edition)
        if not standing.may_be_stopped:
            return redirect(edition)
        return render(request, "newsletters/stop.html", {"standing": standing, "edition": edition})
    stopped = actions.stop(request.user, edition)
    said = _("It was stopped.") if stopped.stopped_at else _("Nobody got it: it is a draft again.")
    messages.success(request, said)
    return see_other(edition.get_absolute_url())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    edition = managed(request.user, pk)
    if request.method != "POST":
        if not standing_of(edition).may_be_changed:
            return redirect(edition)
        return render(request, "newsletters/delete.html", {"edition": edition})
    try:
        actions.delete_draft(request.user, edition)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return see_other(edition.get_absolute_url())
    messages.success(request, _("The draft was deleted."))
    return see_other(reverse("editions"))


def _check(request: SignedInRequest) -> None:
    if not may_publish(request.user):
        raise PermissionDenied


def _example(request: SignedInRequest, edition: Edition) -> EmailMultiAlternatives:
    """As the staff read it, in their language."""
    return edition_mail(edition, to=request.user.email, subscriber_id=0, mail_id=f"bulk.{edition.pk}")
