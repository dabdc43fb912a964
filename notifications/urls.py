"""Addresses of the inbox and of what decides what arrives in it."""

from django.urls import path

from .views import (
    badge,
    devices,
    inbox,
    inbox_deeds,
    mail,
    mail_trouble,
    preferences,
    provider,
    quiet,
    steering,
    summary,
    unsubscribe,
    why,
)

urlpatterns = [
    path("", inbox.show_inbox, name="inbox"),
    path("news/", inbox.show_news, name="inbox-news"),
    path("badge/", badge.show_badge, name="badge"),
    path("preferences/", preferences.edit_preferences, name="preferences"),
    path("preferences/preset/", steering.preset, name="preset"),
    path("preferences/rules/<int:pk>/forget/", steering.forget_rule, name="forget-rule"),
    path("preferences/blocks/<int:pk>/unblock/", steering.unblock_person, name="unblock-person"),
    path("preferences/devices/<int:pk>/remove/", devices.remove_device, name="remove-device"),
    path("preferences/texts/", devices.choose_texts, name="choose-texts"),
    path("preferences/quiet-hours/", quiet.edit_quiet_hours, name="quiet-hours"),
    path("summaries/<int:pk>/", summary.show_summary, name="summary"),
    path("unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("mail/", mail.all_mails, name="mail-previews"),
    path("mail/<slug:name>/", mail.show_mail, name="mail-preview"),
    path("mail/<slug:name>/frame/", mail.mail_frame, name="mail-frame"),
    path("provider/<slug:provider>/", provider.provider_events, name="provider-events"),
    path("resume-mail/", mail_trouble.resume_mail, name="resume-mail"),
    path("change/", inbox_deeds.change, name="change-notifications"),
    path("snooze/", inbox_deeds.choose_time, name="snooze"),
    path("undo/", inbox_deeds.undo, name="undo-in-inbox"),
    path("read-all/", inbox_deeds.read_all, name="read-all"),
    path("why/<str:token>/", why.why_by_link, name="why-by-link"),
    path("<int:pk>/why/", why.show_why, name="why-notification"),
    path("<int:pk>/fewer/", why.fewer_of_these, name="fewer"),
    path("<int:pk>/fewer/undo/", why.undo_fewer, name="undo-fewer"),
    path("<int:pk>/open/", inbox.open_item, name="open-notification"),
]
