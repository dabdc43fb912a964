from django.urls import path

from . import pages

urlpatterns = [
    path("groups/<slug:slug>/webhooks/", pages.webhooks_of_group, name="group-webhooks"),
    path("webhooks/<int:pk>/", pages.show, name="webhook"),
    path("webhooks/<int:pk>/change/", pages.change, name="change-webhook"),
]
