"""Groups: all of them, one of them, a new one, another name for it, and its end."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from notifications.inbox.actions import mark_thing_read

from .. import actions
from ..engagement_counts import with_engagement
from ..models import Group, GroupMembership, Post
from .following import following_group
from .group_forms import AskForm, GroupForm
from .paging import page_of
from .requests import SignedInRequest, is_opened_by_a_person
from .standing import standing_of

GROUPS_SHOWN = 30  # a page of the list
FACES_SHOWN = 12


def visible_group(user: User, slug: str) -> Group:
    """404 for what `user` may not see, as for what does not exist."""
    return get_object_or_404(Group.objects.visible_to(user).with_members_count(), slug=slug)


@login_required
@require_http_methods(["GET", "POST"])
def group_list(request: SignedInRequest) -> HttpResponse:
    """All that one may see. POST asks to join a group by its address."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _ask_to_join(request, form.cleaned_data["address"])
    visible, mine = Group.objects.visible_to(request.user), Group.objects.joined_by(request.user)
    after = request.GET.get("after", "").replace("\x00", "")  # PostgreSQL holds no such character
    last = visible.filter(slug=after).first() if after else None
    found = list(_for_list(visible.exclude(pk__in=mine.values("pk")).after(last))[: GROUPS_SHOWN + 1])
    context = {
        "form": form,
        "mine": _for_list(mine) if last is None else (),
        "others": found[:GROUPS_SHOWN],
        "after": found[GROUPS_SHOWN - 1].slug if len(found) > GROUPS_SHOWN else "",
    }
    return render(request, "community/group_list.html", context, status=422 if form.errors else 200)


def _for_list(groups: QuerySet[Group]) -> QuerySet[Group]:
    """By name, with `members_count` and `last_post_at`."""
    posts = Post.objects.filter(group=OuterRef("pk"), withheld="").newest_first()
    latest = Subquery(posts.values("created_at")[:1])
    counted = Group.objects.filter(pk__in=groups.values("pk")).with_members_count()
    return counted.annotate(last_post_at=latest).order_by("name", "pk")


def _ask_to_join(request: SignedInRequest, slug: str) -> HttpResponse:
    """The same answer for a private group and for none: asking must not be a way to find one."""
    group = Group.objects.filter(slug=slug).first()
    membership = actions.join_group(request.user, group) if group is not None else None
    if membership is not None and membership.status == GroupMembership.Status.ACTIVE:
        return redirect(membership.group)
    said = _("If there is a group at this address, the people who look after it now know that you ask.")
    messages.success(request, said)
    return redirect("groups")


@login_required
@require_GET
def show_group(request: SignedInRequest, slug: str) -> HttpResponse:
    group = visible_group(request.user, slug)
    if is_opened_by_a_person(request):
        mark_thing_read(request.user, "group", group.pk)
    page = page_of(group.posts.visible_to(request.user).for_display(), request.GET.get("cursor", ""))
    standing = standing_of(request.user, group)
    members = group.memberships.active().select_related("user").by_role()
    context: dict[str, Any] = {
        "group": group,
        "standing": standing,
        "views": with_engagement(page.rows, request.user),
        "older": page.older,
        "members": members[:FACES_SHOWN],
    }
    if standing.is_member:
        context["following"] = following_group(request.user, group)
    if standing.looks_after:
        context["asking"] = group.memberships.requested().select_related("user")[:FACES_SHOWN]
    return render(request, "community/group.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new_group(request: SignedInRequest) -> HttpResponse:
    form = GroupForm(request.POST or None)
    if form.is_valid():
        try:
            return redirect(actions.create_group(request.user, **form.cleaned_data))
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "community/group_form.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def edit_group(request: SignedInRequest, slug: str) -> HttpResponse:
    group = _own_group(request.user, slug)
    form = GroupForm(request.POST or None, initial=model_to_dict(group, GroupForm.Meta.fields))
    if form.is_valid():
        try:
            actions.edit_group(request.user, group, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The group was changed."))
            return redirect(group)
    context = {"form": form, "group": group}
    return render(request, "community/group_form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def delete_group(request: SignedInRequest, slug: str) -> HttpResponse:
    """Says first what goes with it."""
    group = _own_group(request.user, slug)
    if request.method == "POST":
        actions.delete_group(request.user, group)
        messages.success(request, _("“%(group)s” was deleted.") % {"group": group.name})
        return redirect("groups")
    return render(
        request, "community/group_delete.html", {"group": group, "posts_count": group.posts.count()}
    )


def _own_group(user: User, slug: str) -> Group:
    group = visible_group(user, slug)
    if not standing_of(user, group).owns:
        raise PermissionDenied
    return group
