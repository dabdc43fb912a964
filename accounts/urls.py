from django.urls import path

from . import views

urlpatterns = [
    path("accounts/profile/", views.edit_profile, name="edit-profile"),
]
