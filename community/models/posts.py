"""Posts, and what people do with them: react and bookmark."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from ..text import excerpt
from .groups import Group, GroupMembership
from .withholding import Withheld, shown_to, withheld_field

TITLE_LENGTH = 150
CONTENT_LENGTH = 20_000
HEADLINE_LENGTH = 60  # of the words that stand for a post without a title
ALT_LENGTH = 200  # of what describes a picture


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Everything but posts in private groups that `user` does not belong to, and what is withheld."""
        mine = GroupMembership.objects.open_to(user).values("group_id")
        is_open = Q(group__is_private=False, group__withheld="")
        if user.is_staff:
            is_open = Q(group__is_private=False) & ~Q(group__withheld=Withheld.REMOVED)
        looked_after = GroupMembership.objects.caretakers().of(user).values("group_id")
        shown = shown_to(user, looked_after, group="group_id", author="author_id")
        return self.filter(Q(group=None) | is_open | Q(group_id__in=mine), shown)

    def public(self) -> Self:
        """Without what is withheld from anybody, by itself or with its group."""
        return self.filter(Q(group=None) | Q(group__withheld=""), withheld="")

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-pk")

    def for_display(self) -> Self:
        """With what a post card shows of the author, the group and the images."""
        return self.select_related("author", "group").prefetch_related("images")

    def bookmarked_by(self, user: User) -> Self:
        return self.filter(bookmarks__user=user)


class Post(models.Model):
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="posts")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="posts", null=True, blank=True)
    title = models.CharField(_("title"), max_length=TITLE_LENGTH, blank=True)
    content = models.TextField(_("text"), max_length=CONTENT_LENGTH)
    content_html = models.TextField(editable=False)  # rendered once, by actions, from `content`
    withheld = withheld_field()
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="community_post_newest"),
            models.Index(fields=["group", "-created_at", "-id"], name="community_post_group_newest"),
            models.Index(fields=["author", "-created_at", "-id"], name="community_post_author_newest"),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        return reverse("post", args=[self.pk])

    @property
    def headline(self) -> str:
        """The title, or the first words where there is none."""
        if self.title:
            return self.title
        # Without the marks of Markdown; a text of nothing but such marks is shown as it was typed.
        return excerpt(self.content_html, HEADLINE_LENGTH) or self.content[:HEADLINE_LENGTH]


class PostImage(models.Model):
    """A picture of a post, re-encoded to WebP without any of the metadata that came with it."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="images")
    file = models.FileField(upload_to="posts/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(_("description"), max_length=ALT_LENGTH, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.alt or str(self.file.name)

    def get_absolute_url(self) -> str:
        return reverse("post-image", args=[self.pk])


class PostReaction(models.Model):
    class Type(models.TextChoices):
        LIKE = "like", _("Like")
        LOVE = "love", _("Love")
        LAUGH = "laugh", _("Haha")
        WOW = "wow", _("Wow")
        SAD = "sad", _("Sad")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reactions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    reaction_type = models.CharField(_("reaction"), max_length=8, choices=Type.choices, default=Type.LIKE)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "user", "reaction_type"], name="community_reaction_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.reaction_type} on {self.post_id}"


class Bookmark(models.Model):
    """Private to its owner."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="bookmarks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="community_bookmark_once")]
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="community_bookmark_newest")]

    def __str__(self) -> str:
        return f"bookmark of post {self.post_id}"
