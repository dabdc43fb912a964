from django.urls import path

from . import pages

urlpatterns = [
    path("accounts/data/", pages.your_data, name="your-data"),
    path("accounts/data/<int:pk>/", pages.fetch, name="fetch-data"),
    path("accounts/leave/", pages.leave, name="leave-site"),
    path("accounts/back/<str:token>/", pages.take_back, name="take-back"),
    path("accounts/security/history/", pages.security_history, name="security-history"),
]
