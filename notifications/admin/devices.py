"""The browsers that ring. Their addresses and keys are shown to nobody."""

from urllib.parse import urlsplit

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from ..models import PushReceipt, PushSubscription
from .base import ActingAdmin, LogAdmin


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ActingAdmin):
    list_display = ("user", "label", "service", "created_at", "last_used_at", "failures", "wait_until")
    list_select_related = ("user",)
    search_fields = ("=user__username", "=user__email")
    list_filter = (("wait_until", admin.EmptyFieldListFilter),)
    fields = readonly_fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=gettext_lazy("service"))
    def service(self, device: PushSubscription) -> str:
        return urlsplit(device.endpoint).hostname or ""


@admin.register(PushReceipt)
class PushReceiptAdmin(LogAdmin):
    list_display = ("delivery_id", "subscription_id", "created_at")
