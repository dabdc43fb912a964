"""Who belongs to a group: coming, going, and what its caretakers do."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from web.returning import safe_next

from .. import actions
from ..models import GroupMembership
from .groups import visible_group
from .requests import SignedInRequest
from .standing import standing_of

MEMBERS_SHOWN = 50  # a page of the list
Role = GroupMembership.Role


@login_required
@require_POST
def join(request: SignedInRequest, slug: str) -> HttpResponse:
    group = visible_group(request.user, slug)
    actions.join_group(request.user, group)
    if request.htmx:
        return render(request, "community/partials/join_button.html", {"group": group, "is_member": True})
    return redirect(safe_next(request, group.get_absolute_url()))


@login_required
@require_POST
def leave(request: SignedInRequest, slug: str) -> HttpResponse:
    """A private group cannot be seen any more after this."""
    group = visible_group(request.user, slug)
    try:
        actions.leave_group(request.user, group)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(group)
    messages.success(request, _("You left “%(group)s”.") % {"group": group.name})
    return redirect("groups" if group.is_private else group)


@login_required
@require_GET
def member_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """Its caretakers, then everybody else by the time of coming, a page at a time."""
    group = visible_group(request.user, slug)
    standing = standing_of(request.user, group)
    active = group.memberships.active().select_related("user")
    after = request.GET.get("after", "")
    place = int(after) if after.isdecimal() and len(after) < 19 else 0
    others = active.filter(role=Role.MEMBER, pk__gt=place).order_by("pk")
    found = list(others[: MEMBERS_SHOWN + 1])
    first_page = not place
    context: dict[str, Any] = {
        "group": group,
        "standing": standing,
        "caretakers": active.caretakers().by_role() if first_page else (),
        "others": found[:MEMBERS_SHOWN],
        "after": str(found[MEMBERS_SHOWN - 1].pk) if len(found) > MEMBERS_SHOWN else "",
    }
    if first_page and standing.looks_after:
        context["asking"] = group.memberships.requested().select_related("user")[:MEMBERS_SHOWN]
    return render(request, "community/group_members.html", context)


@login_required
@require_POST
def change_member(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """`act` says what: accept, decline, remove, or the name of a role to give."""
    group = visible_group(request.user, slug)
    membership = get_object_or_404(group.memberships.select_related("user", "group"), pk=pk)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    left = act(request.user, membership)
    if not request.htmx:
        return redirect(safe_next(request, group.get_absolute_url()))
    if left is None:
        return HttpResponse()  # the row goes
    context = {"group": group, "standing": standing_of(request.user, group), "membership": left}
    response = render(request, "community/partials/member.html", context)
    if left.role == Role.OWNER:
        response["HX-Refresh"] = "true"  # what its former owner may do has changed all over the page
    return response


def _give(role: str) -> Callable[[User, GroupMembership], GroupMembership]:
    return lambda user, membership: actions.set_role(user, membership, role)


_ACTS: dict[str, Callable[[User, GroupMembership], GroupMembership | None]] = {
    "accept": actions.accept_request,
    "decline": actions.decline_request,
    "remove": actions.remove_member,
    **{role: _give(role) for role in Role.values},
}
