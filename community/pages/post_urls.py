from django.urls import path

from . import comments, engagement, images, posts, watching

urlpatterns = [
    path("", posts.feed, name="feed"),
    path("posts/new/", posts.new_post, name="new-post"),
    path("posts/images/<int:pk>/", images.post_image, name="post-image"),
    path("posts/<int:pk>/", posts.show_post, name="post"),
    path("posts/<int:pk>/edit/", posts.edit_post, name="edit-post"),
    path("posts/<int:pk>/delete/", posts.delete_post, name="delete-post"),
    path("posts/<int:pk>/reactions/", engagement.react, name="react"),
    path("posts/<int:pk>/bookmark/", engagement.bookmark, name="bookmark"),
    path("posts/<int:pk>/watch/", watching.watch_post, name="watch-post"),
    path("posts/<int:pk>/comments/", comments.new_comment, name="new-comment"),
    path("comments/<int:pk>/edit/", comments.edit_comment, name="edit-comment"),
    path("comments/<int:pk>/delete/", comments.delete_comment, name="delete-comment"),
]
