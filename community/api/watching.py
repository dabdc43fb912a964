"""How closely one follows a group or a post."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from myproject.api import person, read
from notifications.steering.levels import Followed, place_level, thread_level

from .. import actions
from ..models import Group, Post
from .groups import visible_group
from .posts import visible_post
from .serializers import EditLevelSerializer, LevelSerializer


@extend_schema(tags=["groups"], responses={200: LevelSerializer})
class WatchGroup(APIView):
    @extend_schema(operation_id="get_group_watch", summary="How closely one follows it")
    def get(self, request: Request, slug: str) -> Response:
        user = person(request)
        return _of_group(user, visible_group(user, slug))

    @extend_schema(
        operation_id="watch_group",
        summary="Watch it (its members may), mute it, or neither",
        request=EditLevelSerializer,
    )
    def put(self, request: Request, slug: str) -> Response:
        user = person(request)
        group = visible_group(user, slug)
        actions.follow_group(user, group, read(EditLevelSerializer, request)["level"])
        return _of_group(user, group)


@extend_schema(tags=["posts"], responses={200: LevelSerializer})
class WatchPost(APIView):
    @extend_schema(operation_id="get_post_watch", summary="How closely one follows it")
    def get(self, request: Request, post_id: str) -> Response:
        user = person(request)
        return _of_post(user, visible_post(user, post_id))

    @extend_schema(
        operation_id="watch_post",
        summary="Watch it, mute it, or neither",
        request=EditLevelSerializer,
    )
    def put(self, request: Request, post_id: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        actions.follow_post(user, post, read(EditLevelSerializer, request)["level"])
        return _of_post(user, post)


def _of_group(user: User, group: Group) -> Response:
    return Response(LevelSerializer(Followed(place_level(user, group.pk))).data)


def _of_post(user: User, post: Post) -> Response:
    return Response(LevelSerializer(thread_level(user, "post", post.pk, post.group_id)).data)
