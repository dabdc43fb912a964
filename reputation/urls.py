from django.urls import path

from . import pages

urlpatterns = [
    path("u/<slug:username>/reputation/", pages.show, name="reputation"),
    path("reputation/choose/", pages.choose, name="choose-reputation"),
]
