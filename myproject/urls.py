"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("web.urls")),
    path("", include("community.urls")),
    path("", include("accounts.urls")),
    path("announcements/", include("announcements.urls")),
    path("notifications/", include("notifications.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("api/", include("myproject.api_urls")),
    path("", include("myproject.health")),
    path("admin/", admin.site.urls),
]
