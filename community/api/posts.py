"""Posts, and the list of those that somebody bookmarked."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from myproject.api import person, read, read_query
from myproject.api_paging import PageQuery, page_of, page_schema

from .. import actions
from ..engagement_counts import with_engagement
from ..models import Bookmark, Group, Post
from .serializers import EditPostSerializer, NewPostSerializer, PostQuery, PostSerializer

POST_PAGE = page_schema("PostPage", PostSerializer(many=True))


def visible_post(user: User, post_id: str) -> Post:
    return get_object_or_404(Post.objects.visible_to(user).select_related("author", "group"), pk=post_id)


def post_json(post: Post, user: User) -> Any:
    return PostSerializer(with_engagement([post], user)[0]).data


@extend_schema(tags=["posts"])
class Posts(APIView):
    @extend_schema(
        operation_id="list_posts", summary="Newest first", parameters=[PostQuery], responses=POST_PAGE
    )
    def get(self, request: Request) -> Response:
        user, query = person(request), read_query(PostQuery, request)
        posts = Post.objects.visible_to(user).select_related("author", "group")
        if slug := query.get("group"):
            posts = posts.filter(group__slug=slug)
        if username := query.get("author"):
            posts = posts.filter(author__username__iexact=username)
        page = page_of(posts, request, query)
        return page.answer(PostSerializer(with_engagement(page.rows, user), many=True).data)

    @extend_schema(
        operation_id="write_post",
        summary="Write a post",
        request=NewPostSerializer,
        responses={201: PostSerializer},
    )
    def post(self, request: Request) -> Response:
        user, data = person(request), read(NewPostSerializer, request)
        group = _visible_group(user, data.get("group"))
        post = actions.create_post(user, data["content"], title=data.get("title", ""), group=group)
        return Response(post_json(post, user), status=status.HTTP_201_CREATED)


@extend_schema(tags=["posts"])
class OnePost(APIView):
    @extend_schema(operation_id="get_post", summary="One post", responses=PostSerializer)
    def get(self, request: Request, post_id: str) -> Response:
        user = person(request)
        return Response(post_json(visible_post(user, post_id), user))

    @extend_schema(
        operation_id="edit_post",
        summary="Change what is given; the author's",
        request=EditPostSerializer,
        responses=PostSerializer,
    )
    def patch(self, request: Request, post_id: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        post = actions.edit_post(user, post, **read(EditPostSerializer, request, partial=True))
        return Response(post_json(post, user))

    @extend_schema(
        operation_id="delete_post",
        summary="Take it away; the author's, and of those who look after its group",
        responses={204: None},
    )
    def delete(self, request: Request, post_id: str) -> Response:
        user = person(request)
        actions.delete_post(user, visible_post(user, post_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["posts"])
class Bookmarks(APIView):
    @extend_schema(
        operation_id="list_bookmarks",
        summary="The posts one has bookmarked and may still see, the latest bookmark first",
        parameters=[PageQuery],
        responses=POST_PAGE,
    )
    def get(self, request: Request) -> Response:
        user, query = person(request), read_query(PageQuery, request)
        bookmarks = Bookmark.objects.filter(user=user, post__in=Post.objects.visible_to(user))
        page = page_of(bookmarks.select_related("post__author", "post__group"), request, query)
        posts = with_engagement([bookmark.post for bookmark in page.rows], user)
        return page.answer(PostSerializer(posts, many=True).data)


def _visible_group(user: User, slug: str | None) -> Group | None:
    """Where to post; the same answer for a group that is not there and for one that is not to be seen."""
    if not slug:
        return None
    group = Group.objects.visible_to(user).filter(slug=slug).first()
    if group is None:
        raise ValidationError({"group": [_("There is no group at this address.")]})
    return group
