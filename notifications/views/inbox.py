"""The inbox. Every button is a form that works by itself; htmx swaps the one row or the list instead."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from .. import inbox
from ..listing import Place, listing, news_count, tab_links
from ..models import Notification
from ..paging import read_stamp, stamp
from ..rendering import render as render_notifications
from ..undoing import Deed, Undo


@require_safe
@login_required
def show_inbox(request: HttpRequest) -> HttpResponse:
    return _inbox(request, "notifications/inbox.html", Undo.read(request.GET))


@require_safe
@login_required
def show_news(request: HttpRequest) -> HttpResponse:
    """What came since the page was made: a line that leads there, or 204."""
    place, since = Place(Place.read(request.GET).tab), read_stamp(request.GET.get("since", ""))
    count = news_count(request.user, place, since) if since else 0
    if not count:
        return HttpResponse(status=204)
    return render(request, "notifications/parts/news.html", {"count": count, "query": place.query()})


@require_POST
@login_required
def open_item(request: HttpRequest, pk: int) -> HttpResponse:
    """For what leads to a page that does not mark it read: marks it, and goes there."""
    row = inbox.mark_read(_mine(request, pk))
    [shown] = render_notifications([row], request.user)  # type: ignore[arg-type] # signed in
    return redirect(shown.url or reverse("inbox"))


@require_POST
@login_required
def read(request: HttpRequest, pk: int) -> HttpResponse:
    row = inbox.mark_read(_mine(request, pk))
    return _answer(request, row, Undo(Deed.READ, str(pk)))


@require_POST
@login_required
def unread(request: HttpRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)
    inbox.mark_unread(row)
    row.refresh_from_db()
    return _answer(request, row, problem=_newer() if row.is_read else "")


@require_POST
@login_required
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)
    inbox.delete(row)
    row.refresh_from_db()
    return _answer(request, row, Undo(Deed.DELETED, str(pk)))


@require_POST
@login_required
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    row = _mine(request, pk)
    inbox.undo_delete(request.user, pk)
    row.refresh_from_db()
    return _answer(request, row, problem=_newer() if row.deleted_at else "")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """What came after the page was made stays unread: nobody has seen it."""
    until = read_stamp(request.POST.get("until", ""))
    if until is None:
        return HttpResponseBadRequest()
    count, marked_at = inbox.mark_all_read(
        request.user, until=until, priority=Place.read(request.GET).tab.priority
    )
    return _answer_all(request, Undo(Deed.ALL_READ, stamp(marked_at)) if count else None)


@require_POST
@login_required
def unread_all(request: HttpRequest) -> HttpResponse:
    marked_at = read_stamp(request.POST.get("what", ""))
    if marked_at is None:
        return HttpResponseBadRequest()
    inbox.undo_mark_all(request.user, marked_at)
    return _answer_all(request)


def _mine(request: HttpRequest, pk: int) -> Notification:
    """Deleted ones too: pressing twice, and undoing, must find them."""
    return get_object_or_404(Notification, pk=pk, recipient=request.user.pk)


def _is_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _newer() -> str:
    return _("There is newer news of the same, further up. It was left as it is.")


def _answer(
    request: HttpRequest, row: Notification, undo: Undo | None = None, problem: str = ""
) -> HttpResponse:
    """The row as it is now, or the page again."""
    place = Place.read(request.GET)
    if not _is_htmx(request):
        if problem:
            messages.info(request, problem)
        anchor = f"#n{row.pk}" if row.deleted_at is None else ""
        return redirect(f"{reverse('inbox')}{_query(place, undo)}{anchor}")
    [shown] = render_notifications([row], request.user)  # type: ignore[arg-type] # signed in
    tabs, badge = tab_links(request.user, place)
    context = {"shown": shown, "undo": undo, "place": place, "tabs": tabs, "unread_badge": badge}
    answer = render(request, "notifications/parts/row_answer.html", context)
    return trigger_client_event(answer, "toast", {"message": problem}) if problem else answer


def _answer_all(request: HttpRequest, undo: Undo | None = None) -> HttpResponse:
    if not _is_htmx(request):
        return redirect(f"{reverse('inbox')}{_query(Place.read(request.GET), undo)}")
    return _inbox(request, "notifications/parts/list.html", undo)


def _inbox(request: HttpRequest, template: str, undo: Undo | None) -> HttpResponse:
    page = listing(request.user, Place.read(request.GET))
    context = {
        "page": page,
        "place": page.place,
        "tabs": page.tabs,
        "unread_badge": page.unread_badge,
        "news_query": Place(page.place.tab).query(since=page.seen_until),
        "undo": undo,
    }
    return render(request, template, context)


def _query(place: Place, undo: Undo | None) -> str:
    return place.query(did=undo.deed.value, what=undo.what) if undo else place.query()
