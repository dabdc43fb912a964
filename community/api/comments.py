"""Comments."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
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
from myproject.api_paging import OLDEST_FIRST, PageQuery, page_of, page_schema

from .. import actions
from ..models import Comment, Post
from .posts import visible_post
from .serializers import CommentSerializer, EditCommentSerializer, NewCommentSerializer

COMMENT_PAGE = page_schema("CommentPage", CommentSerializer(many=True))


@extend_schema(tags=["comments"])
class Comments(APIView):
    @extend_schema(
        operation_id="list_comments",
        summary="Of one post, oldest first; `parent` makes the tree",
        parameters=[PageQuery],
        responses=COMMENT_PAGE,
    )
    def get(self, request: Request, post_id: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        query = read_query(PageQuery, request)
        comments = Comment.objects.visible_to(user).present().filter(post=post)
        page = page_of(comments.select_related("author"), request, query, order=OLDEST_FIRST)
        return page.answer(_json(page.rows))

    @extend_schema(
        operation_id="write_comment",
        summary="Comment, or answer a comment",
        request=NewCommentSerializer,
        responses={201: CommentSerializer},
    )
    def post(self, request: Request, post_id: str) -> Response:
        user = person(request)
        post = visible_post(user, post_id)
        data = read(NewCommentSerializer, request)
        comment = actions.comment(user, post, data["content"], parent=_parent(post, data.get("parent")))
        return Response(_json([comment])[0], status=status.HTTP_201_CREATED)


@extend_schema(tags=["comments"])
class OneComment(APIView):
    @extend_schema(operation_id="get_comment", summary="One comment", responses=CommentSerializer)
    def get(self, request: Request, comment_id: str) -> Response:
        return Response(_json([_visible(person(request), comment_id)])[0])

    @extend_schema(
        operation_id="edit_comment",
        summary="Change the words; the author's",
        request=EditCommentSerializer,
        responses=CommentSerializer,
    )
    def patch(self, request: Request, comment_id: str) -> Response:
        user = person(request)
        comment = _visible(user, comment_id)
        data = read(EditCommentSerializer, request, partial=True)
        comment = actions.edit_comment(user, comment, data.get("content", comment.content))
        return Response(_json([comment])[0])

    @extend_schema(
        operation_id="delete_comment",
        summary="Take it away; the author's, the post's author's, and of those who look after the group",
        responses={204: None},
    )
    def delete(self, request: Request, comment_id: str) -> Response:
        user = person(request)
        actions.delete_comment(user, _visible(user, comment_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _visible(user: User, comment_id: str) -> Comment:
    comments = Comment.objects.visible_to(user).present()
    return get_object_or_404(comments.select_related("author", "post__group", "parent"), pk=comment_id)


def _parent(post: Post, comment_id: int | None) -> Comment | None:
    if comment_id is None:
        return None
    parent = Comment.objects.public().filter(post=post, pk=comment_id).first()
    if parent is None:
        raise ValidationError({"parent": [_("The comment you are replying to is not here.")]})
    return parent


def _json(comments: Sequence[Comment]) -> Any:
    replies = (
        Comment.objects.public()
        .filter(parent__in=[comment.pk for comment in comments])
        .values_list("parent")
        .annotate(count=Count("pk"))
        .values_list("parent", "count")
    )
    return CommentSerializer(comments, many=True, context={"replies": dict(replies)}).data
