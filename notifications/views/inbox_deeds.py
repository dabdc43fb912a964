"""What the buttons of the inbox do: to one row, to those that are ticked, to all; and the undoing of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from ..inbox import actions as inbox
from ..inbox.actions import Done
from ..inbox.filters import Where
from ..inbox.forms import DeedForm, SnoozeForm
from ..inbox.listing import tab_links
from ..inbox.paging import read_stamp
from ..inbox.snoozing import offers
from ..inbox.states import Deed
from ..inbox.undoing import Undo
from ..models import Notification
from ..rendering import render as render_notifications
from .inbox import show_list, undoing, wants_list
from .requests import SignedInRequest


@require_POST
@login_required
def change(request: SignedInRequest) -> HttpResponse:
    """`ids`, and what to do with them. Those of others are left alone; where there is no other, 404."""
    form = DeedForm(request.POST)
    if not form.is_valid():
        if form.lacks_ids:
            return _answer_with_list(request, problem=str(form.errors["ids"][0]))
        return HttpResponseBadRequest()
    ids, nap = form.cleaned_data["ids"], form.nap
    if form.deed is Deed.SNOOZE and nap is None:
        where = Where.read(request.GET, request.user)
        address = f"{reverse('snooze')}{where.query_with(ids=','.join(map(str, ids)))}"
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    done = inbox.do(request.user, ids, form.deed, until=nap.until(timezone.now()) if nap else None)
    return _answer(request, done, form.deed)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def choose_time(request: SignedInRequest) -> HttpResponse:
    """A time of one's own to snooze until."""
    asked = SnoozeForm.about(request.GET) if request.method != "POST" else SnoozeForm(request.POST)
    if request.method == "POST" and asked.is_valid():
        until = asked.cleaned_data["until"]
        return _answer(
            request, inbox.do(request.user, asked.cleaned_data["ids"], Deed.SNOOZE, until=until), Deed.SNOOZE
        )
    rows = Notification.objects.of(request.user).filter(pk__in=asked.chosen_ids).newest_first()
    if not rows:
        raise Http404
    context = {
        "form": asked,
        "shown": render_notifications(list(rows), request.user),
        "where": Where.read(request.GET, request.user),
        "offers": offers(timezone.now()),
    }
    return render(request, "notifications/snooze.html", context, status=422 if asked.errors else 200)


@require_POST
@login_required
def undo(request: SignedInRequest) -> HttpResponse:
    """Everything exactly as it was, where nothing happened to it since."""
    taken_back = Undo.read(request.POST.get("token", ""), request.user)
    if taken_back is None:
        return _answer_with_list(request, problem=_("It is too late to undo this."))
    if taken_back.all_at:
        inbox.undo_mark_all(request.user, taken_back.all_at)
        return _answer_with_list(request)
    done = inbox.undo(request.user, taken_back.changes)
    if done.stayed_read:
        return _answer_with_list(request, problem=_newer())
    problem = "" if done.changes else _("It has changed since, and was left as it is.")
    return _answer_with_list(request, problem=problem, anchor=_anchor(done))


@require_POST
@login_required
def read_all(request: SignedInRequest) -> HttpResponse:
    """What came after the page was made stays unread: nobody has seen it."""
    until = read_stamp(request.POST.get("until", ""))
    if until is None:
        return HttpResponseBadRequest()
    where = Where.read(request.GET, request.user)
    count, marked_at = inbox.mark_all_read(request.user, until=until, among=where.rows(request.user))
    return _answer_with_list(request, Undo(Deed.READ, all_at=marked_at) if count else None)


def _answer(request: SignedInRequest, done: Done, deed: Deed) -> HttpResponse:
    """The row as it is now with its undoing, or the list, or the page."""
    if not done.rows:
        raise Http404
    offered = Undo(deed, done.changes) if done.changes else None
    problem = _newer() if done.stayed_read and deed is Deed.UNREAD else ""
    if not request.htmx or wants_list(request):
        return _answer_with_list(request, offered, problem=problem, anchor=_anchor(done))
    where = Where.read(request.GET, request.user)
    context = {
        "items": render_notifications([row for row in done.rows if where.tab.holds(row)], request.user),
        "where": where,
        "tabs": tab_links(request.user, where),
        "offers": offers(timezone.now()),
        **undoing(request, offered),
    }
    return _with_toast(render(request, "notifications/parts/row_answer.html", context), problem)


def _answer_with_list(
    request: SignedInRequest, undo: Undo | None = None, *, problem: str = "", anchor: str = ""
) -> HttpResponse:
    if request.htmx:
        return _with_toast(show_list(request, undo=undo), problem)
    if problem:
        messages.info(request, problem)
    where = Where.read(request.GET, request.user)
    query = where.query_with(did=undo.token(request.user)) if undo else where.query
    return redirect(f"{reverse('inbox')}{query}{anchor}")


def _anchor(done: Done) -> str:
    return f"#n{done.rows[0].pk}" if len(done.rows) == 1 else ""


def _newer() -> str:
    return _("There is newer news of the same, further up. This stays read.")


def _with_toast(answer: HttpResponse, message: str) -> HttpResponse:
    return trigger_client_event(answer, "toast", {"message": message}) if message else answer
