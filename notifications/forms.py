"""What a person says on the preferences page."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import kinds
from .kinds import Kind
from .models import Category, NotificationPreference
from .models.delivery import Channel
from .preferring import Changes, categories_in_use


class CategoryForm(forms.Form):
    """The switches of one category. More channels appear here as they come to the site."""

    in_app_enabled = forms.BooleanField(label=_("In the app"), required=False)
    email_enabled = forms.BooleanField(label=_("By email"), required=False)

    def __init__(
        self, category: Category, data: Mapping[str, Any] | None, *, initial: Mapping[str, bool]
    ) -> None:
        super().__init__(data, prefix=category.value, initial=dict(initial))
        self.category = category

    @property
    def kinds(self) -> Sequence[Kind]:
        return [kind for kind in kinds.all_kinds() if kind.category == self.category]

    @property
    def mailed(self) -> Sequence[Kind]:
        return [kind for kind in self.kinds if Channel.EMAIL in kind.channels]

    @property
    def not_mailed(self) -> Sequence[Kind]:
        return [kind for kind in self.kinds if Channel.EMAIL not in kind.channels]


class PreferencesForm:
    """One `CategoryForm` for each category in use, read and judged together."""

    def __init__(
        self, stored: Sequence[NotificationPreference], data: Mapping[str, Any] | None = None
    ) -> None:
        rows = {row.notification_type: row for row in stored}
        self.parts = [
            CategoryForm(category, data, initial=_initial(rows.get(category)))
            for category in categories_in_use()
        ]

    def is_valid(self) -> bool:
        return all(part.is_valid() for part in self.parts)

    @property
    def wishes(self) -> dict[Category, Changes]:
        """Of the categories that were changed: what was never touched keeps following the defaults."""
        return {part.category: part.cleaned_data for part in self.parts if part.has_changed()}


def _initial(row: NotificationPreference | None) -> dict[str, bool]:
    row = row or NotificationPreference()  # the model's defaults
    return {"in_app_enabled": row.in_app_enabled, "email_enabled": row.email_enabled}
