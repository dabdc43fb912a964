"""Somebody's reputation, under /api/."""

from django.urls import re_path

from . import views

urlpatterns = [
    re_path(r"^users/me/reputation/?\Z", views.OwnReputation.as_view(), name="api-own-reputation"),
    re_path(
        r"^users/(?P<username>[A-Za-z0-9_-]{1,32})/reputation/?\Z",
        views.OneReputation.as_view(),
        name="api-reputation",
    ),
]
