"""Addresses of groups, bookmarks and the search."""

from django.urls import path

from . import bookmarks, groups, search

urlpatterns = [
    path("groups/", groups.group_list, name="groups"),
    path("groups/new/", groups.new_group, name="new-group"),
    path("groups/<slug:slug>/", groups.group_page, name="group"),
    path("bookmarks/", bookmarks.bookmark_list, name="bookmarks"),
    path("search/", search.search_page, name="search"),
]
