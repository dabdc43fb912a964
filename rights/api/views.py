"""What people may ask for about themselves. A token is not enough: see `accounts.proof`."""

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.serializers import ProofSerializer
from accounts.proof import prove
from myproject.api import person, read, read_query
from myproject.api_paging import PageQuery, page_of, page_schema
from myproject.api_schema import PROBLEM

from .. import exporting, history, leaving
from ..forms import Fate
from ..models import Export
from ..pages import file_of
from .serializers import (
    DepartureSerializer,
    ExportSerializer,
    HistorySerializer,
    LeaveSerializer,
)

NONE = OpenApiResponse(PROBLEM, "There is none, or none any more.")


@extend_schema(tags=["me"])
class OwnExport(APIView):
    @extend_schema(
        operation_id="get_export",
        summary="The copy of one's data that one asked for",
        responses={200: ExportSerializer, 404: NONE},
    )
    def get(self, request: Request) -> Response:
        mine = Export.objects.filter(user=person(request))
        export = get_object_or_404(mine.filter(ready_at=None) | mine.fetchable())
        return Response(ExportSerializer(export).data)

    @extend_schema(
        operation_id="ask_for_export",
        summary="Ask for a copy of one's data; asking twice is asking once",
        request=ProofSerializer,
        responses={202: ExportSerializer},
    )
    def post(self, request: Request) -> Response:
        user = person(request)
        prove(request._request, user, **read(ProofSerializer, request))
        return Response(ExportSerializer(exporting.ask(user)).data, status=status.HTTP_202_ACCEPTED)


@extend_schema(tags=["me"])
class ExportFile(APIView):
    @extend_schema(
        operation_id="fetch_export",
        summary="The file, for a day",
        responses={(200, "application/zip"): OpenApiTypes.BINARY, 404: NONE},
    )
    def get(self, request: Request) -> FileResponse:
        return file_of(get_object_or_404(Export.objects.fetchable().filter(user=person(request))))


@extend_schema(tags=["me"])
class OwnDeparture(APIView):
    @extend_schema(
        operation_id="leave_site",
        summary="End one's account at once, to be erased after two weeks",
        request=LeaveSerializer,
        responses={202: DepartureSerializer},
    )
    def post(self, request: Request) -> Response:
        user, data = person(request), read(LeaveSerializer, request)
        keeps = data.pop("content") == Fate.KEEP
        prove(request._request, user, **data)
        departure = leaving.leave(user, keeps_content=keeps)
        return Response(DepartureSerializer(departure).data, status=status.HTTP_202_ACCEPTED)


@extend_schema(tags=["me"])
class History(APIView):
    @extend_schema(
        operation_id="list_history",
        summary="What happened to one's account, newest first; refused attempts to come in too",
        parameters=[PageQuery],
        responses=page_schema("HistoryPage", HistorySerializer(many=True)),
    )
    def get(self, request: Request) -> Response:
        rows = history.history_of(person(request))
        page = page_of(rows, request, read_query(PageQuery, request), order=history.NEWEST_FIRST)
        return page.answer(HistorySerializer(page.rows, many=True).data)
