"""Whom one has blocked: nothing they do reaches one. They are not told."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person, read, read_query
from myproject.api_paging import PageQuery, page_of, page_schema

from ..models import Block
from ..steering.blocking import block, unblock
from .serializers import BlockSerializer, EditBlockSerializer


@extend_schema(tags=["notifications"])
class Blocks(APIView):
    @extend_schema(
        operation_id="list_blocks",
        summary="Whom one has blocked, the latest first",
        parameters=[PageQuery],
        responses=page_schema("BlockPage", BlockSerializer(many=True)),
    )
    def get(self, request: Request) -> Response:
        page = page_of(_mine(request), request, read_query(PageQuery, request))
        return page.answer(BlockSerializer(page.rows, many=True).data)

    @extend_schema(
        operation_id="block_person",
        summary="Block somebody; what is unread of them goes",
        request=EditBlockSerializer,
        responses={201: BlockSerializer},
    )
    def post(self, request: Request) -> Response:
        username = read(EditBlockSerializer, request)["username"]
        other = _people(username).filter(is_active=True).first()
        if other is None:
            raise ValidationError({"username": _("Nobody here has this username.")})
        if other == person(request):
            raise ValidationError({"username": _("Nobody can block themselves.")})
        block(person(request), other)
        row = _mine(request).get(blocked=other)
        return Response(BlockSerializer(row).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["notifications"])
class OneBlock(APIView):
    @extend_schema(
        operation_id="unblock_person", summary="Idempotent; what was withdrawn does not come back",
        responses={204: None},
    )  # fmt: skip
    def delete(self, request: Request, username: str) -> Response:
        if other := _people(username).first():
            unblock(person(request), other)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _mine(request: Request) -> QuerySet[Block]:
    return Block.objects.filter(user=person(request)).select_related("blocked")


def _people(username: str) -> Any:
    model = get_user_model()
    return model.objects.filter(**{f"{model.USERNAME_FIELD}__iexact": username})
