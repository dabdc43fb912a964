"""The inbox page. Every link and button of it works by itself; htmx swaps the list in place."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from ..inbox import actions as inbox
from ..inbox.filters import Tab, Where
from ..inbox.listing import listing, news_count
from ..inbox.paging import read_stamp
from ..inbox.snoozing import offers
from ..inbox.undoing import Undo
from ..models import Notification
from ..rendering import render as render_notifications
from .requests import SignedInRequest, is_looked_at


@require_safe
@login_required
def show_inbox(request: SignedInRequest) -> HttpResponse:
    if wants_list(request):
        return show_list(request)
    return show_list(request, "notifications/inbox.html", Undo.read(request.GET.get("did", ""), request.user))


@require_safe
@login_required
def show_news(request: SignedInRequest) -> HttpResponse:
    """What came since the page was made: a line that leads there, or 204."""
    where, since = Where.read(request.GET, request.user).first, read_stamp(request.GET.get("since", ""))
    count = news_count(request.user, where, since) if since else 0
    if not count:
        return HttpResponse(status=204)
    return render(request, "notifications/parts/news.html", {"count": count, "where": where})


@require_POST
@login_required
def open_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """For what leads to a page that does not mark it read: marks it, and goes there."""
    row = inbox.mark_read(get_object_or_404(Notification, pk=pk, recipient=request.user.pk))
    [shown] = render_notifications([row], request.user)
    return redirect(shown.url or reverse("inbox"))


def wants_list(request: SignedInRequest) -> bool:
    """Of htmx: whether the whole list is swapped, not one row of it."""
    return bool(request.htmx) and request.htmx.target == "inbox"


def show_list(
    request: SignedInRequest, template: str = "notifications/parts/list.html", undo: Undo | None = None
) -> HttpResponse:
    """The list as it is now; by itself it also offers to `undo` what was done."""
    page = listing(request.user, Where.read(request.GET, request.user))
    if is_looked_at(request):
        inbox.mark_seen(page.rows)
    context = {
        "page": page,
        "where": page.where,
        "tabs": page.tabs,
        "news_query": page.where.first.query_with(since=page.seen_until),
        "offers": offers(timezone.now()),
        **undoing(request, undo),
    }
    if not page.where.is_filtered:  # what the tab says, the bell says too
        context["unread_badge"] = next(link.count for link in page.tabs if link.tab is Tab.UNREAD)
    return render(request, template, context)


def undoing(request: SignedInRequest, undo: Undo | None) -> dict[str, object]:
    return {"undo": undo, "undo_token": undo.token(request.user) if undo else ""}
