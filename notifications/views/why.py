"""Why am I getting this, and fewer of these: of an item of one's own inbox, and by the link in a mail."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import kinds
from ..kinds import Kind
from ..models import Bounce, DecidedBy, Delivery, Notification
from ..rendering import render as render_notifications
from ..steering.fewer import (
    Cause,
    change_for,
    make,
    read_undoing,
    undo,
)
from ..steering.why import RULES, offers_of, read_link


@require_safe
@login_required
def show_why(request: HttpRequest, pk: int) -> HttpResponse:
    row, kind = _mine(request, pk)
    [shown] = render_notifications([row], request.user)  # type: ignore[arg-type] # signed in
    did = request.GET.get("did", "")
    undoing = read_undoing(did)
    mail = Delivery.objects.by("email").filter(notification_id=row.pk, recipient=row.recipient_id).last()
    told_by = [pk for pk in ((mail.pk, mail.summary_id) if mail else ()) if pk]
    context = {
        "shown": shown,
        "bounce": Bounce.objects.filter(delivery_id__in=told_by).last(),
        "rule": RULES[DecidedBy(row.decided_by)],
        "change": change_for(kind, DecidedBy(row.decided_by), by_mail=False),
        "mail": mail,
        "summary": Delivery.objects.filter(pk=mail.summary_id).first() if mail and mail.summary_id else None,
        "undoing": undoing if undoing and undoing.cause.user_id == row.recipient_id else None,
        "undo": did,
    }
    return render(request, "notifications/why.html", context)


@require_POST
@login_required
def fewer_of_these(request: HttpRequest, pk: int) -> HttpResponse:
    """What the rule says now is said where the button was, with its undoing."""
    row, kind = _mine(request, pk)
    cause = Cause.of(row, kind, row.recipient_id, row.decided_by)
    change = change_for(kind, cause.decided_by, by_mail=False)
    text = make(change, cause)
    if getattr(request, "htmx", False):
        return render(
            request, "notifications/parts/fewer.html", {"row": row, "said": change.said, "undo": text}
        )
    return redirect(f"{reverse('why-notification', args=[pk])}?{urlencode({'did': text})}")


@require_POST
@login_required
def undo_fewer(request: HttpRequest, pk: int) -> HttpResponse:
    row, _kind = _mine(request, pk)
    undoing = read_undoing(request.POST.get("undo", ""))
    if undoing is not None and undoing.cause.user_id == row.recipient_id:
        undo(undoing)
        said = _("It is as it was.")
    else:
        said = _("That was too long ago to be undone here. See your choices.")
    if getattr(request, "htmx", False):
        [shown] = render_notifications([row], request.user)  # type: ignore[arg-type] # signed in
        return render(request, "notifications/parts/why.html", {"shown": shown, "row": row})
    messages.success(request, said)
    return redirect("why-notification", pk)


@csrf_exempt  # whoever opens a mail may have no cookie; the signed link says who asks for what
@require_http_methods(["GET", "HEAD", "POST"])
def why_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET tells and changes nothing; POST makes one of the changes, or undoes it. Signs nobody in."""
    delivery = read_link(token)
    if delivery is None:
        raise Http404
    offers = offers_of(delivery, request.user)
    joint = Delivery.objects.joined_to(delivery).exists()
    context = {"delivery": delivery, "offers": offers, "is_joint": joint}
    if request.method == "POST":
        undoing = read_undoing(request.POST.get("undo", ""))
        chosen = [offer for offer in offers if str(offer.delivery.pk) == request.POST.get("of")]
        if undoing is not None and undoing.cause.user_id == delivery.recipient_id:
            undo(undoing)
            context["said"] = _("It is as it was.")
        elif chosen:
            context["undo"] = make(chosen[0].change, chosen[0].cause)
            context["said"] = chosen[0].change.said
    return render(request, "notifications/why_by_link.html", context)


def _mine(request: HttpRequest, pk: int) -> tuple[Notification, Kind]:
    row = get_object_or_404(Notification.objects.of(request.user), pk=pk)
    kind = kinds.get(row.kind)
    if kind is None:
        raise Http404
    return row, kind
