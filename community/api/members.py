"""Coming and going, and what those who look after a group decide about its members."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from myproject.api import person, read, read_query
from myproject.api_paging import page_of, page_schema

from .. import actions
from ..models import Group, GroupMembership
from ..permissions import may_look_after, may_see_group
from .groups import visible_group
from .serializers import EditMemberSerializer, MemberQuery, MemberSerializer, MembershipSerializer

Status = GroupMembership.Status


@extend_schema(tags=["groups"], request=None, responses={200: MembershipSerializer})
class Membership(APIView):
    """The door of a group. Whoever was given the address of a private one may knock."""

    @extend_schema(operation_id="join_group", summary="Join, or ask to join a private group")
    def post(self, request: Request, slug: str) -> Response:
        user = person(request)
        group = get_object_or_404(Group, slug=slug)
        return _membership(group, user, actions.join_group(user, group))

    @extend_schema(operation_id="leave_group", summary="Leave, or take a request back")
    def delete(self, request: Request, slug: str) -> Response:
        user = person(request)
        group = get_object_or_404(Group, slug=slug)
        actions.leave_group(user, group)
        return _membership(group, user, None)


@extend_schema(tags=["groups"])
class Members(APIView):
    @extend_schema(
        operation_id="list_members",
        summary="The longest-standing first",
        parameters=[MemberQuery],
        responses=page_schema("MemberPage", MemberSerializer(many=True)),
    )
    def get(self, request: Request, slug: str) -> Response:
        user = person(request)
        group = visible_group(user, slug)
        query = read_query(MemberQuery, request)
        if query["status"] != Status.ACTIVE and not may_look_after(user, group):
            raise PermissionDenied
        members = group.memberships.filter(status=query["status"]).select_related("user")
        page = page_of(members, request, query, order=("joined_at", "pk"))
        return page.answer(MemberSerializer(page.rows, many=True).data)


@extend_schema(tags=["groups"])
class OneMember(APIView):
    @extend_schema(
        operation_id="edit_member",
        summary="Say yes to a request, or give a role",
        request=EditMemberSerializer,
        responses=MemberSerializer,
    )
    def patch(self, request: Request, slug: str, username: str) -> Response:
        user = person(request)
        membership = _visible(user, slug, username)
        data = read(EditMemberSerializer, request)
        if "role" in data:
            membership = actions.set_role(user, membership, data["role"])
        else:
            membership = actions.accept_request(user, membership)
        return Response(MemberSerializer(membership).data)

    @extend_schema(
        operation_id="remove_member", summary="Say no to a request, or remove a member", responses={204: None}
    )
    def delete(self, request: Request, slug: str, username: str) -> Response:
        user = person(request)
        membership = _visible(user, slug, username)
        if membership.status == Status.REQUESTED:
            actions.decline_request(user, membership)
        else:
            actions.remove_member(user, membership)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _visible(user: User, slug: str, username: str) -> GroupMembership:
    """Members are known to whoever sees the group, requests to those who look after it."""
    group = visible_group(user, slug)
    members: QuerySet[Any] = group.memberships.select_related("user", "group")
    if not may_look_after(user, group):
        members = members.filter(status=Status.ACTIVE)
    membership: GroupMembership = get_object_or_404(members, user__username__iexact=username)
    return membership


def _membership(group: Group, user: User, membership: GroupMembership | None) -> Response:
    count = group.memberships.filter(status=Status.ACTIVE).count() if may_see_group(user, group) else None
    return Response(
        {
            "is_member": membership is not None and membership.status == Status.ACTIVE,
            "members_count": count,
            "status": membership and membership.status,
        }
    )
