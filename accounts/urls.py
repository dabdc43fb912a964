from django.urls import include, path

from . import views

urlpatterns = [
    path("accounts/profile/", views.edit_profile, name="edit-profile"),
    path("", include("accounts.factors.urls")),
]
