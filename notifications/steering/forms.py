"""What a person says on the preferences page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .. import kinds
from ..kinds import Kind
from ..models import (
    Category,
    Event,
    Frequency,
    NotificationPreference,
    Rule,
    Switch,
)
from .preferences import Choice, Choices, Decision, decide
from .preferring import Changes, categories_in_use

_SWITCHES = {"on": True, "off": False}
_CHANNELS = {"in_app": _("In the app"), "email": _("By email"), "push": _("On your devices")}
_WORDS = {True: "on", False: "off", None: ""}


class CategoryForm(forms.Form):
    """The switches of one category. That of the devices comes with the first of them."""

    in_app_enabled = forms.BooleanField(label=_("In the app"), required=False)
    email_enabled = forms.BooleanField(label=_("By email"), required=False)
    push_enabled = forms.BooleanField(label=_("On your devices"), required=False)
    email_frequency = forms.ChoiceField(label=_("How often"), choices=Frequency.choices, required=False)

    def __init__(
        self,
        category: Category,
        data: Mapping[str, Any] | None,
        *,
        initial: Mapping[str, Any],
        rings: bool = False,
    ) -> None:
        super().__init__(data, prefix=category.value, initial=dict(initial))
        if not rings:
            del self.fields["push_enabled"]
        self.category = category
        self.differences: list[KindForm] = []
        if not any(Switch.EMAIL in kind.channels and not kind.is_urgent for kind in self.kinds):
            del self.fields["email_frequency"]

    @property
    def switches(self) -> Sequence[forms.BoundField]:
        return [self[name] for name in self.fields if name != "email_frequency"]

    @property
    def often(self) -> forms.BoundField | None:
        """None where nothing of it waits for a summary."""
        return self["email_frequency"] if "email_frequency" in self.fields else None

    @property
    def changes(self) -> Changes:
        """A form that was sent without a frequency leaves it as it is."""
        said = self.cleaned_data
        said = {name: value for name, value in said.items() if name != "email_frequency" or value}
        return said if any(self.initial.get(name) != value for name, value in said.items()) else {}

    @property
    def kinds(self) -> Sequence[Kind]:
        return [kind for kind in kinds.all_kinds() if kind.category == self.category]

    @property
    def is_different(self) -> bool:
        """Whether something was chosen for one of its kinds."""
        return any(any(form.initial.values()) for form in self.differences)

    @property
    def mailed(self) -> Sequence[Kind]:
        return [kind for kind in self.kinds if Switch.EMAIL in kind.channels]

    @property
    def not_mailed(self) -> Sequence[Kind]:
        return [kind for kind in self.kinds if Switch.EMAIL not in kind.channels]


class KindForm(forms.Form):
    """What is different for one kind. Three answers for each channel; the first is no answer."""

    def __init__(
        self,
        kind: Kind,
        data: Mapping[str, Any] | None,
        *,
        rule: Rule | None,
        otherwise: Decision,
        rings: bool = False,
    ) -> None:
        """`otherwise`: what holds where nothing is chosen here."""
        initial = {channel: _WORDS[getattr(rule, channel)] for channel in _CHANNELS if rule is not None}
        super().__init__(data, prefix=f"kind-{kind.type}", initial=initial)
        self.kind = kind
        self._offer("in_app", otherwise.in_app)
        if Switch.EMAIL in kind.channels:
            self._offer("email", otherwise.mail in (Event.Mail.QUEUED, Event.Mail.SUMMARY))
        if rings and Switch.PUSH in kind.channels:
            self._offer("push", otherwise.push == Event.Mail.QUEUED)

    def _offer(self, channel: str, by_itself: bool) -> None:
        inherited = _("as above: on") if by_itself else _("as above: off")
        self.fields[channel] = forms.TypedChoiceField(
            label=_CHANNELS[channel],
            choices=[("", inherited), ("on", _("on")), ("off", _("off"))],
            coerce=_SWITCHES.get,
            empty_value=None,
            required=False,
        )

    @property
    def wishes(self) -> dict[str, bool | None]:
        """Of the channels that were sent: a form without them changes nothing."""
        sent = [name for name in self.changed_data if self.add_prefix(name) in self.data]
        return {name: self.cleaned_data[name] for name in sent}


class PreferencesForm:
    """One `CategoryForm` for each category in use, and one `KindForm` for each kind, judged together."""

    def __init__(
        self,
        stored: Sequence[NotificationPreference],
        data: Mapping[str, Any] | None = None,
        *,
        rules: Sequence[Rule] = (),
        preset: str = "",
        rings: bool = False,
    ) -> None:
        """`rings`: the person has a device that can be rung."""
        self.rings = rings
        rows = {row.notification_type: row for row in stored}
        of_kinds = {rule.type: rule for rule in rules if rule.scope == Rule.Scope.KIND}
        self.parts = []
        for category in categories_in_use():
            row = rows.get(category)
            part = CategoryForm(category, data, initial=_initial(row), rings=rings)
            part.differences = [
                KindForm(
                    kind,
                    data,
                    rule=of_kinds.get(kind.type),
                    otherwise=decide(kind, Choices(category=_choice(row) if row else None, preset=preset)),
                    rings=rings,
                )
                for kind in part.kinds
                if kind.steered
            ]
            self.parts.append(part)

    def is_valid(self) -> bool:
        differences = [form for part in self.parts for form in part.differences]
        return all(form.is_valid() for form in (*self.parts, *differences))

    @property
    def differences(self) -> dict[Kind, Mapping[str, bool | None]]:
        """Of the kinds that were changed."""
        forms = (form for part in self.parts for form in part.differences)
        return {form.kind: form.wishes for form in forms if form.wishes}

    @property
    def wishes(self) -> dict[Category, Changes]:
        """Of the categories that were changed: what was never touched keeps following the defaults."""
        return {part.category: part.changes for part in self.parts if part.changes}


def _choice(row: NotificationPreference) -> Choice:
    return Choice(row.email_frequency, row.in_app_enabled, row.email_enabled, row.push_enabled)


def _initial(row: NotificationPreference | None) -> dict[str, Any]:
    row = row or NotificationPreference()  # the model's defaults
    names = ("in_app_enabled", "email_enabled", "push_enabled", "email_frequency")
    return {name: getattr(row, name) for name in names}
