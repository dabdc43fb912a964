"""The API's addresses: no trailing slash is required, and one does no harm."""

from django.urls import include, path

urlpatterns = [
    path("", include("accounts.api.urls")),
    path("", include("community.api.urls")),
    path("notifications", include("notifications.api.urls")),
]
