"""What stands in people's inboxes."""

from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Notification
from .base import KindFilter, LogAdmin
from .events import explain_url


@admin.register(Notification)
class NotificationAdmin(LogAdmin):
    list_display = (
        "id", "story", "whom", "kind", "who", "actors_count", "what", "priority", "decided_by", "created_at",
        "seen_at", "read_at", "done_at", "saved_at", "snoozed_until", "deleted_at",
    )  # fmt: skip
    list_filter = (
        "priority",
        *((name, admin.EmptyFieldListFilter) for name in ("read_at", "done_at", "saved_at", "snoozed_until")),
        KindFilter,
    )
    search_fields = ("=id", "=recipient__username", "=recipient__email")
    people = ("recipient", "actor")

    @admin.display(description=gettext_lazy("for"))
    def whom(self, row: Notification) -> Any:
        return row.recipient

    @admin.display(description=gettext_lazy("by"))
    def who(self, row: Notification) -> Any:
        return row.actor

    @admin.display(description=gettext_lazy("about"))
    def what(self, row: Notification) -> str:
        return f"{row.target_type} {row.target_id}"

    @admin.display(description=gettext_lazy("story"))
    def story(self, row: Notification) -> SafeString:
        return format_html('<a href="{}">{}</a>', explain_url(row.event_id), _("explain"))
