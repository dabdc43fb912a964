"""Mail that came in, and what became of it."""

from django.contrib import admin

from ..models import IncomingMail
from .base import LogAdmin


@admin.register(IncomingMail)
class IncomingMailAdmin(LogAdmin):
    list_display = (
        "id", "received_at", "sender", "recipient", "outcome", "detail", "told_at", "delivery_id",
        "message_id",
    )  # fmt: skip
    list_filter = ("outcome",)
    search_fields = ("=sender", "=message_id", "=recipient__username", "=delivery_id")
    people = ("recipient",)
