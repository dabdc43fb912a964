"""Groups."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from myproject.api import person, read, read_query
from myproject.api_paging import PageQuery, page_of, page_schema

from .. import actions
from ..models import Group, GroupMembership
from .serializers import EditGroupSerializer, GroupSerializer


def visible_group(user: User, slug: str) -> Group:
    return get_object_or_404(Group.objects.visible_to(user), slug=slug)


@extend_schema(tags=["groups"])
class Groups(APIView):
    @extend_schema(
        operation_id="list_groups",
        summary="Public groups and one's own, by name",
        parameters=[PageQuery],
        responses=page_schema("GroupPage", GroupSerializer(many=True)),
    )
    def get(self, request: Request) -> Response:
        user, query = person(request), read_query(PageQuery, request)
        page = page_of(Group.objects.visible_to(user), request, query, order=("name", "pk"))
        return page.answer(_json(page.rows, user))

    @extend_schema(
        operation_id="found_group",
        summary="Found a group",
        request=EditGroupSerializer,
        responses={201: GroupSerializer},
    )
    def post(self, request: Request) -> Response:
        user = person(request)
        group = actions.create_group(user, **read(EditGroupSerializer, request))
        return Response(_json([group], user)[0], status=status.HTTP_201_CREATED)


@extend_schema(tags=["groups"])
class OneGroup(APIView):
    @extend_schema(operation_id="get_group", summary="One group", responses=GroupSerializer)
    def get(self, request: Request, slug: str) -> Response:
        user = person(request)
        return Response(_json([visible_group(user, slug)], user)[0])

    @extend_schema(
        operation_id="edit_group",
        summary="Change what is given; the owner's",
        request=EditGroupSerializer,
        responses=GroupSerializer,
    )
    def patch(self, request: Request, slug: str) -> Response:
        user = person(request)
        group = visible_group(user, slug)
        group = actions.edit_group(user, group, **read(EditGroupSerializer, request, partial=True))
        return Response(_json([group], user)[0])

    @extend_schema(
        operation_id="delete_group", summary="With all that is in it; the owner's", responses={204: None}
    )
    def delete(self, request: Request, slug: str) -> Response:
        user = person(request)
        actions.delete_group(user, visible_group(user, slug))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _json(groups: Sequence[Group], user: User) -> Any:
    """In two queries, whatever their number."""
    active = GroupMembership.objects.active().filter(group__in=[group.pk for group in groups])
    counts = active.values_list("group").annotate(count=Count("pk")).values_list("group", "count")
    roles = active.of(user).values_list("group", "role")
    context = {"members": dict(counts), "roles": dict(roles)}
    return GroupSerializer(groups, many=True, context=context).data
