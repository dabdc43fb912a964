"""The buttons under a post. Each is a form that works by itself; htmx swaps the row of buttons alone."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode

from web.returning import safe_next

from .. import actions
from ..engagement_counts import PostView, with_engagement
from ..models import Post, PostReaction
from .requests import SignedInRequest, see_other


@dataclass(frozen=True, slots=True)
class ReactionButton:
    type: str
    label: str
    count: int
    mine: bool


@login_required
def react(request: SignedInRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    added, removed = request.POST.get("add"), request.POST.get("remove")
    try:
        if added is not None:
            actions.react(request.user, post, added)
        elif removed is not None:
            actions.unreact(request.user, post, removed)
    except ValidationError as error:
        raise BadRequest from error
    return _answer(request, post, pressed=added or removed or "")


@login_required
def bookmark(request: SignedInRequest, pk: int) -> HttpResponse:
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=pk)
    if "add" in request.POST:
        actions.bookmark(request.user, post)
    elif "remove" in request.POST:
        actions.unbookmark(request.user, post)
    return _answer(request, post, pressed="bookmark")


def buttons_of(view: PostView, *, back: str, pressed: str = "") -> dict[str, Any]:
    """For `partials/post_acts.html`: `back` is where a press without htmx leads."""
    post, next_page = view.post, urlencode({"next": back})
    reactions = [
        ReactionButton(kind.value, str(kind.label), view.reactions[kind], kind in view.my_reactions)
        for kind in PostReaction.Type
    ]
    shown = {"bookmark", PostReaction.Type.LIKE, *(kind for kind, count in view.reactions.items() if count)}
    return {
        "view": view,
        "post": post,
        "id": f"acts-{post.pk}",
        "target": f"#acts-{post.pk}",
        "reactions": reactions,
        "react_url": f"{reverse('react', args=[post.pk])}?{next_page}",
        "bookmark_url": f"{reverse('bookmark', args=[post.pk])}?{next_page}",
        # The keyboard stays where it was; a chip that went with its last reaction leaves it to the menu.
        "focus": pressed if not pressed or pressed in shown else "menu",
    }


def _answer(request: SignedInRequest, post: Post, *, pressed: str) -> HttpResponse:
    back = safe_next(request, post.get_absolute_url())
    if request.htmx:
        [view] = with_engagement([post], request.user)
        return render(
            request, "community/partials/post_acts.html", buttons_of(view, back=back, pressed=pressed)
        )
    return see_other(f"{back}#post-{post.pk}")
