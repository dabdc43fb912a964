"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from notifications.views.devices import service_worker

handler500 = "myproject.outage.server_error"
handler429 = "accounts.limits.answers.too_many"  # of allauth
urlpatterns = [
    path("", include("web.urls")),
    path("", include("community.urls")),
    path("", include("accounts.urls")),
    path("announcements/", include("announcements.urls")),
    path("newsletter/", include("newsletters.urls")),
    path("", include("webhooks.urls")),
    path("", include("reputation.urls")),
    path("", include("rights.urls")),
    path("moderation/", include("moderation.urls")),
    path("notifications/", include("notifications.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("service-worker.js", service_worker, name="service-worker"),
    path("api/", include("myproject.api_urls")),
    path("", include("myproject.health")),
    path("admin/", admin.site.urls),
]
