from django.urls import path

from .pages import editing, reading, subscribers

urlpatterns = [
    path("", reading.newsletter, name="newsletter"),
    path("asked/", reading.asked, name="newsletter-asked"),
    path("choose/", reading.choose, name="choose-newsletter"),
    path("confirm/<str:token>/", reading.confirm, name="confirm-subscription"),
    path("end/<str:token>/", reading.end, name="end-subscription"),
    path("editions/", editing.edition_list, name="editions"),
    path("editions/new/", editing.new, name="new-edition"),
    path("subscribers/", subscribers.subscriber_list, name="subscribers"),
    path("subscribers/import/", subscribers.import_subscribers, name="import-subscribers"),
    path("subscribers/export/", subscribers.export_subscribers, name="export-subscribers"),
    path("subscribers/<int:pk>/remove/", subscribers.remove, name="remove-subscriber"),
    path("<int:pk>/", reading.edition, name="edition"),
    path("<int:pk>/edit/", editing.edit, name="edit-edition"),
    path("<int:pk>/send/", editing.send, name="send-edition"),
    path("<int:pk>/mail/", editing.mail, name="edition-mail"),
    path("<int:pk>/try/", editing.try_out, name="try-edition"),
    path("<int:pk>/pause/", editing.pause, name="pause-edition"),
    path("<int:pk>/resume/", editing.resume, name="resume-edition"),
    path("<int:pk>/stop/", editing.stop, name="stop-edition"),
    path("<int:pk>/delete/", editing.delete, name="delete-edition"),
]
