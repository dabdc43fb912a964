"""Watching, normal, muted: the menus of a group and of a post. Each is a form that works by itself."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from notifications.models import Level

from .. import actions
from ..models import Post
from .following import following_group, following_post
from .groups import visible_group
from .requests import SignedInRequest, see_other

_NOW = {
    Level.WATCHING: _("You watch this now."),
    Level.NORMAL: _("Back to normal: what concerns you reaches you."),
    Level.MUTED: _("Muted: nothing from here reaches you, also nothing that is on its way."),
}


@login_required
@require_POST
def watch_group(request: SignedInRequest, slug: str) -> HttpResponse:
    group = visible_group(request.user, slug)
    level = _posted_level(request)
    actions.follow_group(request.user, group, level)
    context = {"following": following_group(request.user, group)}
    return _answer(request, level, group.get_absolute_url(), context)


@login_required
@require_POST
def watch_post(request: SignedInRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    level = _posted_level(request)
    actions.follow_post(request.user, post, level)
    context = {"following": following_post(request.user, post), "small": True}
    return _answer(request, level, post.get_absolute_url(), context)


def _posted_level(request: SignedInRequest) -> Level:
    level = request.POST.get("level", "")
    if level not in Level.values:
        raise BadRequest
    return Level(level)


def _answer(request: SignedInRequest, level: Level, back: str, context: dict[str, Any]) -> HttpResponse:
    if not request.htmx:
        messages.success(request, str(_NOW[level]))
        return see_other(back)
    response = render(request, "community/partials/follow_menu.html", context | {"focused": True})
    return trigger_client_event(response, "toast", {"message": str(_NOW[level]), "level": "success"})
