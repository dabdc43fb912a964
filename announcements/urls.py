from django.urls import path

from . import pages

urlpatterns = [
    path("", pages.announcement_list, name="announcements"),
    path("new/", pages.new, name="new-announcement"),
    path("<int:pk>/", pages.show, name="announcement"),
    path("<int:pk>/edit/", pages.edit, name="edit-announcement"),
    path("<int:pk>/send/", pages.send, name="send-announcement"),
    path("<int:pk>/stop/", pages.stop, name="stop-announcement"),
    path("<int:pk>/delete/", pages.delete, name="delete-announcement"),
    path("<int:pk>/dismiss/", pages.dismiss, name="dismiss-announcement"),
]
