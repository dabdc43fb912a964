"""The community, under /api/."""

from django.urls import re_path

from . import comments, engagement, groups, members, posts, watching

POST = r"^posts/(?P<post_id>[0-9]{1,19})"
GROUP = r"^groups/(?P<slug>[A-Za-z0-9_-]{1,60})"

urlpatterns = [
    re_path(r"^posts/?\Z", posts.Posts.as_view(), name="api-posts"),
    re_path(rf"{POST}/?\Z", posts.OnePost.as_view(), name="api-post"),
    re_path(rf"{POST}/like/?\Z", engagement.Like.as_view(), name="api-like"),
    re_path(
        rf"{POST}/reactions/(?P<reaction_type>[a-z]{{1,8}})/?\Z",
        engagement.Reaction.as_view(),
        name="api-reaction",
    ),
    re_path(rf"{POST}/bookmark/?\Z", engagement.BookmarkPost.as_view(), name="api-bookmark"),
    re_path(rf"{POST}/watch/?\Z", watching.WatchPost.as_view(), name="api-watch-post"),
    re_path(rf"{POST}/comments/?\Z", comments.Comments.as_view(), name="api-comments"),
    re_path(r"^comments/(?P<comment_id>[0-9]{1,19})/?\Z", comments.OneComment.as_view(), name="api-comment"),
    re_path(r"^bookmarks/?\Z", posts.Bookmarks.as_view(), name="api-bookmarks"),
    re_path(r"^groups/?\Z", groups.Groups.as_view(), name="api-groups"),
    re_path(rf"{GROUP}/?\Z", groups.OneGroup.as_view(), name="api-group"),
    re_path(rf"{GROUP}/watch/?\Z", watching.WatchGroup.as_view(), name="api-watch-group"),
    re_path(rf"{GROUP}/membership/?\Z", members.Membership.as_view(), name="api-membership"),
    re_path(rf"{GROUP}/members/?\Z", members.Members.as_view(), name="api-members"),
    re_path(
        rf"{GROUP}/members/(?P<username>[A-Za-z0-9_-]{{1,32}})/?\Z",
        members.OneMember.as_view(),
        name="api-member",
    ),
]
