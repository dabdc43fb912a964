"""Addresses of groups, bookmarks, people and the search."""

from django.urls import path

from . import bookmarks, groups, members, people, search, watching

urlpatterns = [
    path("groups/", groups.group_list, name="groups"),
    path("groups/new/", groups.new_group, name="new-group"),
    path("groups/<slug:slug>/", groups.show_group, name="group"),
    path("groups/<slug:slug>/edit/", groups.edit_group, name="edit-group"),
    path("groups/<slug:slug>/delete/", groups.delete_group, name="delete-group"),
    path("groups/<slug:slug>/join/", members.join, name="join-group"),
    path("groups/<slug:slug>/leave/", members.leave, name="leave-group"),
    path("groups/<slug:slug>/watch/", watching.watch_group, name="watch-group"),
    path("groups/<slug:slug>/members/", members.member_list, name="group-members"),
    path("groups/<slug:slug>/members/<int:pk>/", members.change_member, name="change-member"),
    path("bookmarks/", bookmarks.bookmark_list, name="bookmarks"),
    path("search/", search.search_page, name="search"),
    path("u/<slug:username>/", people.profile, name="profile"),
    path("u/<slug:username>/block/", people.block_person, name="block-person"),
]
