"""Addresses of the community's pages, by subject."""

from django.urls import include, path

urlpatterns = [
    path("", include("community.pages.post_urls")),
    path("", include("community.pages.group_urls")),
]
