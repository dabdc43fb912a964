"""The page that shows what somebody did, and its file."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import audit
from notifications.inbox.paging import Place
from notifications.transactions import acting

from . import actions, exporting
from .deeds import Deed, Deeds
from .models import Entry
from .searching import BIGGEST_ID, by_lowered_names

DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
COLUMNS = ("source", *exporting.COLUMNS)


class Person(NamedTuple):
    """Who did it; their number stays when they are gone."""

    pk: int
    name: str


class DeedsForm(forms.Form):
    person = forms.CharField(label=gettext_lazy("Username, email address or number"), max_length=254)
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, validators=DAYS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    until = forms.DateField(
        label=gettext_lazy("To, with this day"), required=False, validators=DAYS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def clean_person(self) -> Person:
        asked = self.cleaned_data["person"].removeprefix("@")
        called = Q(username_lowered=asked.lower()) | Q(email_lowered=asked.lower())
        person = by_lowered_names().filter(called).first()
        if person:
            return Person(person.pk, f"{person} (@{person.get_username()})")
        if asked.isascii() and asked.isdecimal() and int(asked) <= BIGGEST_ID:
            named = get_user_model().objects.filter(pk=int(asked)).first()
            return Person(int(asked), str(named) if named else _("gone (%(id)s)") % {"id": asked})
        raise forms.ValidationError(_("Nobody here has this username or address."))


def page(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    """For whoever may read the log; what is in Events needs the right to see those."""
    form = DeedsForm(request.GET) if "person" in request.GET else DeedsForm()
    with_events = request.user.has_perm("notifications.view_event")
    context = {**context, "title": _("What somebody did"), "form": form, "with_events": with_events}
    if not form.is_valid():
        if request.method == "POST":
            raise BadRequest("Of whom?")
        return TemplateResponse(request, "admin/audit/entry/deeds.html", context)
    person: Person = form.cleaned_data["person"]
    asked = Deeds(
        person=person.pk,
        since=_begins(form.cleaned_data["since"]),
        until=_begins(form.cleaned_data["until"], timedelta(days=1)),
        with_events=with_events,
    )
    if request.method == "POST":
        return _file(request, person, asked)
    deeds, older = asked.page(Place.read(request.GET.get("before", "")))
    following = request.GET.copy()
    following["before"] = str(older or "")
    context |= {"person": person, "deeds": deeds, "older": following.urlencode() if older else ""}
    return TemplateResponse(request, "admin/audit/entry/deeds.html", context)


def _begins(day: date | None, after: timedelta = timedelta()) -> datetime | None:
    return timezone.make_aware(datetime.combine(day + after, time.min)) if day else None


def _file(request: HttpRequest, person: Person, asked: Deeds) -> StreamingHttpResponse:
    """And a row of the log that it was taken."""
    kind = request.POST.get("as", "")
    if kind not in exporting.FORMATS:
        raise BadRequest("Neither CSV nor JSON.")
    written, content_type = exporting.FORMATS[kind]
    with acting():
        audit.record(
            actions.EXPORTED, actor=request.user, target=("user", person.pk, person.name), request=request,
            format=kind, search=request.GET.urlencode(), most=exporting.MOST, events=asked.with_events,
        )  # fmt: skip
    rows = (_values(deed, person) for deed in asked.all(exporting.MOST))
    return StreamingHttpResponse(
        written(COLUMNS, rows),
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="deeds.{kind}"'},
    )


def _values(deed: Deed, person: Person) -> list[object]:
    row = deed.row
    if isinstance(row, Entry):
        values = [getattr(row, column) for column in exporting.COLUMNS]
        return ["log", values[0], values[1].isoformat(), *values[2:]]
    more = {"recipient": row.recipient_id, "object": row.object_id, "place": row.place_id}
    return [
        "event", row.pk, row.created_at.isoformat(), row.kind, row.state, row.outcome, person.pk, person.name,
        row.target_type, row.target_id, "", "", "", "", None, more,
    ]  # fmt: skip
