"""Announcements, under /api/."""

from django.urls import re_path

from . import views

ONE = r"^announcements/(?P<announcement_id>[0-9]{1,19})"

urlpatterns = [
    re_path(r"^announcements/?\Z", views.Announcements.as_view(), name="api-announcements"),
    re_path(rf"{ONE}/?\Z", views.OneAnnouncement.as_view(), name="api-announcement"),
    re_path(rf"{ONE}/preview/?\Z", views.Preview.as_view(), name="api-announcement-preview"),
    re_path(rf"{ONE}/send/?\Z", views.Send.as_view(), name="api-announcement-send"),
    re_path(rf"{ONE}/stop/?\Z", views.Stop.as_view(), name="api-announcement-stop"),
]
