"""Comments, and comments on comments."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .groups import GroupMembership
from .posts import Post
from .withholding import shown_to, withheld_field

COMMENT_LENGTH = 5_000


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(_shown_to(user), post__in=Post.objects.visible_to(user))

    def with_shown_to(self, user: User | AnonymousUser) -> Self:
        """Adds `is_shown`: whether the moderation lets `user` read its words. Its place in a thread stays."""
        return self.annotate(is_shown=ExpressionWrapper(_shown_to(user), BooleanField()))

    def oldest_first(self) -> Self:
        return self.order_by("created_at", "pk")

    def present(self) -> Self:
        """Without those that were deleted and only hold their replies together."""
        return self.filter(deleted_at=None)

    def public(self) -> Self:
        """Those whose words everybody reads who sees the post."""
        return self.present().filter(withheld="")


def _shown_to(user: User | AnonymousUser) -> Q:
    looked_after = GroupMembership.objects.caretakers().of(user).values("group_id")
    return shown_to(user, looked_after, group="post__group_id", author="author_id")


class Comment(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="comments")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="replies", null=True, blank=True
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="comments")
    content = models.TextField(_("comment"), max_length=COMMENT_LENGTH)
    content_html = models.TextField(editable=False)  # rendered once, by actions, from `content`
    withheld = withheld_field()
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    # Set when somebody deletes a comment that has replies: the text goes, the place in the tree stays.
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["post", "created_at", "id"], name="community_comment_thread")]

    def __str__(self) -> str:
        words = " ".join(self.content.split())
        return words if len(words) <= 60 else words[:59] + "…"

    def get_absolute_url(self) -> str:
        """With its id for the server too: a long thread is shown in parts."""
        return f"{self.post.get_absolute_url()}?comment={self.pk}#comment-{self.pk}"
