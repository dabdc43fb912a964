"""Copies are seen, and read by their owner alone. Staff begin for somebody that their account is erased."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.admin.base import ActingAdmin, LogAdmin

from . import leaving
from .models import Departure, Export

if TYPE_CHECKING:
    _Form = forms.ModelForm[Departure]
else:
    _Form = forms.ModelForm


@admin.register(Export)
class ExportAdmin(LogAdmin):
    list_display = ("user", "asked_at", "tries", "ready_at", "expires_at", "size")
    list_select_related = ("user",)
    search_fields = ("=user__username",)
    exclude = ("name",)


class BeginForm(_Form):
    by: ClassVar[User]

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("reason"):
            raise ValidationError({"reason": _("Say why.")})
        if user := self.cleaned_data.get("user"):
            try:
                leaving.check(user, by=self.by)
            except PermissionDenied as error:
                said = _("Only those who have all rights may do this to the staff.")
                raise ValidationError(said) from error
        return self.cleaned_data


@admin.register(Departure)
class DepartureAdmin(ActingAdmin):
    """Adding one begins it, deleting one takes it back. The person is told why, and may take it back too."""

    list_display = ("user", "keeps_content", "asked_at", "erase_at", "by", "reason")
    list_select_related = ("user", "by")
    search_fields = ("=user__username",)
    raw_id_fields = ("user",)
    fields = ("user", "keeps_content", "reason")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, form=BeginForm, **kwargs)
        form.by = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Departure, form: Any, change: bool) -> None:
        begun = leaving.leave(
            obj.user,
            keeps_content=obj.keeps_content,
            by=request.user,  # type: ignore[arg-type] # staff
            reason=obj.reason,
        )
        obj.pk = begun.pk

    def delete_model(self, request: HttpRequest, obj: Departure) -> None:
        leaving.take_back(obj, by=request.user)  # type: ignore[arg-type] # staff

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
