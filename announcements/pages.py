"""The pages: for staff the list, a form, a look before it is sent, and the brake; for its people itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.forms import add_errors
from community.pages.paging import page_of
from community.pages.requests import SignedInRequest, is_opened_by_a_person, see_other
from notifications.inbox.actions import mark_thing_read
from notifications.inbox.paging import read_stamp, stamp
from notifications.steering.reaching import reach_of
from web.returning import safe_next

from . import actions
from .forms import AnnouncementForm, initial_of
from .kind import ANNOUNCED
from .models import Announcement
from .permissions import managed, may_announce
from .standing import results_of, standing_of, standings


@login_required
@require_safe
def announcement_list(request: SignedInRequest) -> HttpResponse:
    if not may_announce(request.user):
        raise PermissionDenied
    rows = Announcement.objects.managed_by(request.user).for_display()
    page = page_of(rows, request.GET.get("before", ""))
    context = {"standings": standings(page.rows), "older": page.older and f"?before={page.older}"}
    return render(request, "announcements/list.html", context)


@login_required
@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """To its audience, and to staff with how far it came. 410 for what was taken back."""
    user = request.user
    found = Announcement.objects.for_display().filter(pk=pk)
    ours = found.managed_by(user).first()
    announcement = ours or get_object_or_404(found.visible_to(user))
    if ours is None and announcement.stopped_at:
        return render(request, "announcements/taken_back.html", status=410)
    if is_opened_by_a_person(request):
        mark_thing_read(user, "announcement", announcement.pk)
    context: dict[str, Any] = {"announcement": announcement, "is_over": announcement.is_over()}
    if ours is not None:
        context |= {"standing": standing_of(announcement), "results": results_of(announcement)}
    return render(request, "announcements/announcement.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    if not may_announce(request.user):
        raise PermissionDenied
    form = AnnouncementForm(request.user, request.POST or None)
    if form.is_valid():
        try:
            draft = actions.write(request.user, **form.cleaned_data)
            return see_other(reverse("send-announcement", args=[draft.pk]))
        except ValidationError as error:
            add_errors(form, error)
    status = 422 if form.is_bound else 200
    return render(request, "announcements/form.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    announcement = managed(request.user, pk)
    standing = standing_of(announcement)
    if request.method != "POST" and not standing.may_be_changed:
        return redirect(announcement)
    form = AnnouncementForm(request.user, request.POST or None, initial=initial_of(announcement))
    if form.is_valid():
        try:
            actions.edit(request.user, announcement, **form.cleaned_data)
            return see_other(reverse("send-announcement", args=[pk]))
        except ValidationError as error:
            add_errors(form, error)
    context = {"form": form, "announcement": announcement, "standing": standing}
    return render(request, "announcements/form.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: SignedInRequest, pk: int) -> HttpResponse:
    """GET: whom it would reach, and how. POST: send it."""
    announcement = managed(request.user, pk)
    problem = ""
    if request.method == "POST":
        try:
            actions.send(request.user, announcement, seen=read_stamp(request.POST.get("seen", "")))
            return see_other(announcement.get_absolute_url())
        except ValidationError as error:
            problem = " ".join(error.messages)
            announcement = managed(request.user, pk)
    if announcement.confirmed_at is not None:
        return redirect(announcement)
    context = {
        "announcement": announcement,
        "reach": reach_of(ANNOUNCED, announcement),
        "seen": stamp(announcement.edited_at),
        "problem": problem,
    }
    return render(request, "announcements/send.html", context, status=422 if problem else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Says first how far it is."""
    announcement = managed(request.user, pk)
    if request.method != "POST":
        standing = standing_of(announcement)
        if not standing.may_be_stopped:
            return redirect(announcement)
        return render(
            request, "announcements/stop.html", {"standing": standing, "announcement": announcement}
        )
    stopped = actions.stop(request.user, announcement)
    said = _("It was stopped.") if stopped.stopped_at else _("Nobody was told: it is a draft again.")
    messages.success(request, said)
    return see_other(announcement.get_absolute_url())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    announcement = managed(request.user, pk)
    if request.method != "POST":
        if not standing_of(announcement).may_be_changed:
            return redirect(announcement)
        return render(request, "announcements/delete.html", {"announcement": announcement})
    try:
        actions.delete_draft(request.user, announcement)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return see_other(announcement.get_absolute_url())
    messages.success(request, _("The draft was deleted."))
    return see_other(reverse("announcements"))


@login_required
@require_POST
def dismiss(request: SignedInRequest, pk: int) -> HttpResponse:
    announcement = get_object_or_404(Announcement.objects.visible_to(request.user), pk=pk)
    actions.dismiss(request.user, announcement)
    if request.htmx:
        return render(request, "announcements/parts/dismissed.html")
    return see_other(safe_next(request, reverse("feed")))
