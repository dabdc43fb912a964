"""The community's JSON: what is taken, and what is given."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.serializers import PersonSerializer
from myproject.api_fields import Choice, Flag, Identifier, Moment, Text
from myproject.api_paging import PageQuery
from notifications.models import Level

from ..models import Comment, Group, GroupMembership, PostReaction
from ..models.comments import COMMENT_LENGTH
from ..models.posts import CONTENT_LENGTH, TITLE_LENGTH

Role, Status = GroupMembership.Role, GroupMembership.Status


class PostQuery(PageQuery):
    group = serializers.CharField(
        required=False, max_length=60, help_text="Only those in this group (its slug)."
    )
    author = serializers.CharField(
        required=False, max_length=32, help_text="Only those of this person (the username)."
    )


class MemberQuery(PageQuery):
    status = serializers.ChoiceField(
        choices=[Status.ACTIVE.value, Status.REQUESTED.value],
        default=Status.ACTIVE.value,
        help_text="`requested`: who asks to join; for those who look after the group.",
    )


class EditPostSerializer(serializers.Serializer[Any]):
    content = Text(max_length=CONTENT_LENGTH)
    title = Text(max_length=TITLE_LENGTH, required=False, allow_blank=True)


class NewPostSerializer(EditPostSerializer):
    group = Text(
        max_length=60, required=False, allow_blank=True, allow_null=True, help_text="The slug of a group."
    )


class GroupBriefSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()


class ReactionsSerializer(serializers.Serializer[Any]):
    like = serializers.IntegerField()
    love = serializers.IntegerField()
    laugh = serializers.IntegerField()
    wow = serializers.IntegerField()
    sad = serializers.IntegerField()


class PostSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="post.pk")
    author = PersonSerializer(source="post.author")
    group = GroupBriefSerializer(source="post.group", allow_null=True)
    title = serializers.CharField(source="post.title")
    content = serializers.CharField(source="post.content")
    content_html = serializers.CharField(source="post.content_html")
    created_at = Moment(source="post.created_at")
    reactions = ReactionsSerializer()
    likes_count = serializers.IntegerField()
    comments_count = serializers.IntegerField()
    bookmarks_count = serializers.IntegerField()
    liked = serializers.BooleanField()
    bookmarked = serializers.BooleanField()


class LikedSerializer(serializers.Serializer[Any]):
    liked = serializers.BooleanField()
    likes_count = serializers.IntegerField()
    reactions = ReactionsSerializer()
    my_reactions = serializers.ListField(child=serializers.ChoiceField(choices=PostReaction.Type.choices))


class BookmarkedSerializer(serializers.Serializer[Any]):
    bookmarked = serializers.BooleanField()
    bookmarks_count = serializers.IntegerField()


class EditLevelSerializer(serializers.Serializer[Any]):
    level = Choice(choices=Level.choices)


class LevelSerializer(EditLevelSerializer):
    by_group = serializers.BooleanField(
        source="by_place", help_text="Nothing was chosen for the post itself: it is followed as its group is."
    )


class EditCommentSerializer(serializers.Serializer[Any]):
    content = Text(max_length=COMMENT_LENGTH)


class NewCommentSerializer(EditCommentSerializer):
    parent = Identifier(  # type: ignore[assignment] # a serializer takes its fields out of its attributes
        required=False, allow_null=True, help_text="The comment that this one answers."
    )


class CommentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    post = serializers.IntegerField(source="post_id")
    parent = serializers.IntegerField(  # type: ignore[assignment] # as above
        source="parent_id", allow_null=True
    )
    author = PersonSerializer()
    content = serializers.CharField()
    content_html = serializers.CharField()
    created_at = Moment()
    replies_count = serializers.SerializerMethodField()

    def get_replies_count(self, comment: Comment) -> int:
        counts: Mapping[int, int] = self.context["replies"]
        return counts.get(comment.pk, 0)


class EditGroupSerializer(serializers.Serializer[Any]):
    name = Text(max_length=80)
    description = Text(max_length=500, required=False, allow_blank=True)
    is_private = Flag(required=False)


class GroupSerializer(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    is_private = serializers.BooleanField()
    members_count = serializers.SerializerMethodField()
    is_member = serializers.SerializerMethodField()
    role = serializers.SerializerMethodField()

    def get_members_count(self, group: Group) -> int:
        counts: Mapping[int, int] = self.context["members"]
        return counts.get(group.pk, 0)

    def get_is_member(self, group: Group) -> bool:
        return group.pk in self.context["roles"]

    def get_role(self, group: Group) -> str | None:
        roles: Mapping[int, str] = self.context["roles"]
        return roles.get(group.pk)


class MembershipSerializer(serializers.Serializer[Any]):
    is_member = serializers.BooleanField()
    members_count = serializers.IntegerField(
        allow_null=True, help_text="Null for a private group, until one is a member of it."
    )
    status = serializers.ChoiceField(choices=Status.choices, allow_null=True)


class MemberSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="user.pk")
    username = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.name")
    role = serializers.ChoiceField(choices=Role.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    joined_at = Moment()


class EditMemberSerializer(serializers.Serializer[Any]):
    """One thing at a time: the answer to a request, or a role."""

    status = Choice(choices=[Status.ACTIVE.value], required=False, help_text="Says yes to a request.")
    role = Choice(choices=Role.choices, required=False, help_text="The owner's to give.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs) != 1:
            raise serializers.ValidationError({"role": _("Give either a role or a status.")})
        return attrs
