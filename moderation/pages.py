"""Flagging something; and for those who review, the queue and one case."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community.forms import add_errors
from community.pages.paging import page_of
from community.pages.requests import SignedInRequest, see_other
from community.permissions import may_see_group

from . import actions
from .applying import choices_for
from .forms import AnswerForm, DecisionForm, FlagForm
from .models import Case
from .permissions import may_answer, reviewed_case, reviews
from .subjects import Subject, subjects, visible

SHOWN = 100  # open cases; what is most urgent comes first, and has to be decided before what follows
FLAGS_SHOWN = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: SignedInRequest, kind: str, pk: int) -> HttpResponse:
    subject = visible(request.user, kind, pk)
    if subject.person == request.user:
        raise PermissionDenied
    form = FlagForm(request.POST or None)
    if form.is_valid():
        try:
            actions.flag(request.user, subject, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return _flagged(request, subject)
    template = "moderation/parts/flag_form.html" if request.htmx else "moderation/flag.html"
    status = 422 if form.is_bound else 200
    return render(request, template, {"subject": subject, "form": form}, status=status)


def _flagged(request: SignedInRequest, subject: Subject) -> HttpResponse:
    if request.htmx:
        return render(request, "moderation/parts/flagged.html")
    messages.success(request, _("Thank you. Somebody will look at it, and you will hear what came of it."))
    return see_other(subject.url)


@login_required
@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    """What is open, most urgent first; appeals, the oldest first; or what was decided, the latest first."""
    if not reviews(request.user):
        raise PermissionDenied
    show = request.GET.get("show", "")
    cases = Case.objects.reviewable_by(request.user).for_display()
    context: dict[str, Any] = {"show": show}
    if show == "decided":
        page = page_of(cases.filter(closed_at__isnull=False), request.GET.get("before", ""))
        rows, context["older"] = page.rows, page.older and f"?show=decided&before={page.older}"
    else:
        waiting = cases.appealed().order_by("decision__appealed_at") if show == "appeals" else cases.open()
        found = list((waiting if show == "appeals" else waiting.most_urgent_first())[: SHOWN + 1])
        rows, context["is_cut"] = found[:SHOWN], len(found) > SHOWN
    return render(request, "moderation/queue.html", context | {"cases": rows})


@login_required
@require_safe
def show_case(request: SignedInRequest, pk: int) -> HttpResponse:
    return _case_page(request, reviewed_case(request.user, pk))


@login_required
@require_POST
def hold_case(request: SignedInRequest, pk: int) -> HttpResponse:
    """`act`: take it, or give it back."""
    case = reviewed_case(request.user, pk)
    match request.POST.get("act"):
        case "take":
            actions.take(request.user, case)
        case "give-back":
            actions.give_back(request.user, case)
        case _:
            raise BadRequest
    return see_other(case.get_absolute_url())


@login_required
@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    case = reviewed_case(request.user, pk)
    subject = _subject_of(case)
    form = DecisionForm(choices_for(request.user, case, subject), request.POST)
    if not form.is_valid():
        return _case_page(request, case, form)
    try:
        actions.decide(request.user, case, **form.decided())
    except actions.AlreadyDecidedError as error:
        messages.error(
            request, _("%(name)s decided this before you.") % {"name": error.decision.by or _("Somebody")}
        )
    except ValidationError as error:
        add_errors(form, error)
        return _case_page(request, case, form)
    else:
        messages.success(request, _("Decided."))
    return see_other(case.get_absolute_url())


@login_required
@require_POST
def answer_appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    case = reviewed_case(request.user, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _case_page(request, case, answer_form=form)
    try:
        actions.answer_appeal(request.user, case, **form.cleaned_data)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Answered."))
    return see_other(case.get_absolute_url())


def _case_page(
    request: SignedInRequest,
    case: Case,
    form: DecisionForm | None = None,
    *,
    answer_form: AnswerForm | None = None,
) -> HttpResponse:
    subject = _subject_of(case)
    context = {
        "case": case,
        "subject": subject,
        "flags": case.flags.select_related("flagger").order_by("pk")[:FLAGS_SHOWN],
        "steps": case.steps.select_related("by"),
        "form": form or DecisionForm(choices_for(request.user, case, subject)),
        "answer_form": answer_form or AnswerForm(),
        "may_answer": case.is_open or may_answer(request.user, case),
        "is_seen": subject is not None and _is_visible(request, case),
    }
    return render(request, "moderation/case.html", context, status=422 if form or answer_form else 200)


def _is_visible(request: SignedInRequest, case: Case) -> bool:
    """Staff read of a private group what the case shows, and no more: no link leads where they may not go."""
    return case.group is None or not case.group.is_private or may_see_group(request.user, case.group)


def _subject_of(case: Case) -> Subject | None:
    return subjects([case.subject_key]).get(case.subject_key)
