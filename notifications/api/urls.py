"""The inbox, under /api/."""

from django.urls import re_path

from . import blocks, devices, explain, mail, preferences, quiet, rules, stream, summary_times, views

ONE = r"^notifications/(?P<notification_id>[0-9]{1,19})"

urlpatterns = [
    re_path(r"^notifications/?\Z", views.Notifications.as_view(), name="api-notifications"),
    re_path(r"^notifications/unread-count/?\Z", views.UnreadCount.as_view(), name="api-unread-count"),
    re_path(r"^notifications/mark-all-read/?\Z", views.MarkAllRead.as_view(), name="api-mark-all-read"),
    re_path(r"^notifications/bulk/?\Z", views.Bulk.as_view(), name="api-notifications-bulk"),
    re_path(r"^notifications/preferences/?\Z", preferences.Preferences.as_view(), name="api-preferences"),
    re_path(r"^notifications/mail-standing/?\Z", mail.MailStanding.as_view(), name="api-mail-standing"),
    re_path(r"^notifications/quiet-hours/?\Z", quiet.QuietHoursOfMine.as_view(), name="api-quiet-hours"),
    re_path(
        r"^notifications/summary-times/?\Z",
        summary_times.SummaryTimesOfMine.as_view(),
        name="api-summary-times",
    ),
    re_path(r"^notifications/stream/?\Z", stream.Stream.as_view(), name="api-stream"),
    re_path(r"^notifications/stream/ticket/?\Z", stream.StreamTicket.as_view(), name="api-stream-ticket"),
    re_path(r"^notifications/preset/?\Z", rules.ChosenPreset.as_view(), name="api-preset"),
    re_path(r"^notifications/rules/?\Z", rules.Rules.as_view(), name="api-rules"),
    re_path(r"^notifications/rules/(?P<rule_id>[0-9]{1,19})/?\Z", rules.OneRule.as_view(), name="api-rule"),
    re_path(r"^notifications/devices/?\Z", devices.Devices.as_view(), name="api-devices"),
    re_path(
        r"^notifications/devices/(?P<device_id>[0-9]{1,19})/?\Z",
        devices.OneDevice.as_view(),
        name="api-device",
    ),
    re_path(r"^blocks/?\Z", blocks.Blocks.as_view(), name="api-blocks"),
    re_path(r"^blocks/(?P<username>[A-Za-z0-9_-]{1,32})/?\Z", blocks.OneBlock.as_view(), name="api-block"),
    re_path(r"^notifications/explain/?\Z", explain.Explain.as_view(), name="api-explain"),
    re_path(rf"{ONE}/read/?\Z", views.ReadNotification.as_view(), name="api-read-notification"),
    re_path(rf"{ONE}/?\Z", views.OneNotification.as_view(), name="api-notification"),
]
