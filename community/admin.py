"""What people made, for those who look after the site. A change here tells whom it concerns, as ever."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.admin.base import ActingAdmin

from .actions.comments import remove_comment
from .actions.groups import give_role, hide_from_strangers, remove_group
from .models import Bookmark, Comment, Group, GroupMembership, Post, PostImage, PostReaction
from .text import render_markdown


class _MadeOnTheSite(ActingAdmin):
    """Nothing is made here: who writes, joins or likes does so on the site, under their own name."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class _Pressed(_MadeOnTheSite):
    """A button that somebody pressed: it can be taken back, and not be changed into another."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Post)
class PostAdmin(_MadeOnTheSite):
    list_display = ("headline", "author", "group", "created_at", "edited_at")
    list_filter = ("created_at", ("group", admin.EmptyFieldListFilter))
    list_select_related = ("author", "group")
    search_fields = ("title", "content", "=author__username", "=group__slug")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    fields = ("author", "group", "title", "content", "created_at", "edited_at")
    readonly_fields = ("author", "group", "created_at", "edited_at")

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        if form.changed_data:
            obj.content_html, obj.edited_at = render_markdown(obj.content), timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(Comment)
class CommentAdmin(_MadeOnTheSite):
    list_display = ("__str__", "author", "post", "created_at", "edited_at", "deleted_at")
    list_filter = ("created_at", ("deleted_at", admin.EmptyFieldListFilter))
    list_select_related = ("author", "post")
    search_fields = ("content", "=author__username", "=post__id")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
    fields = ("post", "parent", "author", "content", "created_at", "edited_at", "deleted_at")
    readonly_fields = ("post", "parent", "author", "created_at", "edited_at", "deleted_at")

    def save_model(self, request: HttpRequest, obj: Comment, form: Any, change: bool) -> None:
        if form.changed_data:
            obj.content_html, obj.edited_at = render_markdown(obj.content), timezone.now()
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Comment | None = None) -> bool:
        """One that only holds its replies together has no words to change."""
        return super().has_change_permission(request, obj) and (obj is None or obj.deleted_at is None)

    def delete_model(self, request: HttpRequest, obj: Comment) -> None:
        remove_comment(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> None:
        """Replies before what they answer, so that a chosen thread goes as a whole."""
        super().delete_queryset(request, queryset.order_by("-pk"))


@admin.register(Group)
class GroupAdmin(_MadeOnTheSite):
    list_display = ("name", "slug", "is_private", "members", "created_at")
    list_filter = ("is_private",)
    search_fields = ("name", "slug", "description")
    fields = ("slug", "name", "description", "is_private", "words_in_mail", "created_at")
    readonly_fields = ("slug", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return Group.objects.with_members_count().order_by("name", "pk")

    @admin.display(description=_("members"), ordering="members_count")
    def members(self, group: Group) -> int:
        return int(getattr(group, "members_count"))  # noqa: B009 - an annotation, unknown to the type

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.is_private and "is_private" in form.changed_data:
            hide_from_strangers(obj)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        remove_group(obj)


@admin.register(GroupMembership)
class MembershipAdmin(_MadeOnTheSite):
    """The role can be given, for instance to hand on a group whose owner left."""

    list_display = ("user", "group", "role", "status", "joined_at")
    list_filter = ("role", "status")
    list_select_related = ("user", "group")
    search_fields = ("=user__username", "=group__slug", "group__name")
    ordering = ("-joined_at", "-pk")
    fields = ("group", "user", "role", "status", "joined_at")
    readonly_fields = ("group", "user", "status", "joined_at")

    def save_model(self, request: HttpRequest, obj: GroupMembership, form: Any, change: bool) -> None:
        give_role(obj, obj.role, by=cast(User, request.user))


@admin.register(PostReaction)
class ReactionAdmin(_Pressed):
    list_display = ("id", "user", "reaction_type", "post", "created_at")
    list_filter = ("reaction_type",)
    list_select_related = ("user", "post")
    search_fields = ("=user__username", "=post__id")
    ordering = ("-pk",)


@admin.register(Bookmark)
class BookmarkAdmin(_Pressed):
    """Private to their owner: whose they are is not shown, and not to be searched."""

    list_display = ("id", "post", "created_at")
    list_select_related = ("post",)
    search_fields = ("=post__id",)
    ordering = ("-pk",)
    fields = ("post", "created_at")


@admin.register(PostImage)
class ImageAdmin(_MadeOnTheSite):
    list_display = ("id", "post", "alt", "width", "height")
    list_select_related = ("post",)
    search_fields = ("alt", "=post__id")
    ordering = ("-pk",)
    fields = ("post", "file", "alt", "width", "height")
    readonly_fields = ("post", "file", "width", "height")
