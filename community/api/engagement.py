"""Reactions and bookmarks. Each answers with what holds afterwards, however often it is asked."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from myproject.api import person

from .. import actions
from ..engagement_counts import with_engagement
from ..models import Post, PostReaction
from .posts import visible_post
from .serializers import BookmarkedSerializer, LikedSerializer

TYPE = OpenApiParameter(
    "reaction_type", OpenApiTypes.STR, OpenApiParameter.PATH, enum=PostReaction.Type.values
)


@extend_schema(tags=["engagement"], request=None, responses={200: LikedSerializer})
class Like(APIView):
    @extend_schema(operation_id="like_post", summary="Like it")
    def post(self, request: Request, post_id: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        actions.react(user, post)
        return _reactions(post, user)

    @extend_schema(operation_id="unlike_post", summary="Take the like back")
    def delete(self, request: Request, post_id: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        actions.unreact(user, post)
        return _reactions(post, user)


@extend_schema(tags=["engagement"], request=None, parameters=[TYPE], responses={200: LikedSerializer})
class Reaction(APIView):
    @extend_schema(operation_id="react_to_post", summary="React to it")
    def post(self, request: Request, post_id: str, reaction_type: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        actions.react(user, post, reaction_type)
        return _reactions(post, user)

    @extend_schema(operation_id="take_reaction_back", summary="Take a reaction back")
    def delete(self, request: Request, post_id: str, reaction_type: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        actions.unreact(user, post, reaction_type)
        return _reactions(post, user)


@extend_schema(tags=["engagement"], request=None, responses={200: BookmarkedSerializer})
class BookmarkPost(APIView):
    @extend_schema(operation_id="bookmark_post", summary="Keep it in one's own list")
    def post(self, request: Request, post_id: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        actions.bookmark(user, post)
        return _bookmarks(post, user)

    @extend_schema(operation_id="unbookmark_post", summary="Take it from one's own list")
    def delete(self, request: Request, post_id: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        actions.unbookmark(user, post)
        return _bookmarks(post, user)


def _reactions(post: Post, user: User) -> Response:
    view = with_engagement([post], user)[0]
    return Response(LikedSerializer(view).data)


def _bookmarks(post: Post, user: User) -> Response:
    view = with_engagement([post], user)[0]
    return Response(BookmarkedSerializer(view).data)
