"""Flagging something; for those who review, the queue and what they decide."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import Conflict, person, read, read_query
from myproject.api_paging import PageQuery, page_of, page_schema
from myproject.api_schema import PROBLEM

from .. import actions
from ..models import Case, Decision
from ..permissions import reviewed_case, reviews
from ..subjects import visible
from .serializers import (
    AnswerSerializer,
    AppealSerializer,
    CaseQuery,
    CaseSerializer,
    DecideSerializer,
    FlagSerializer,
    FlagThingSerializer,
    OwnDecisionSerializer,
)

DECIDED_BEFORE = OpenApiResponse(PROBLEM, "Somebody else decided it first; theirs holds.")

NOT_THERE = OpenApiResponse(PROBLEM, "It is not there, or not to be seen.")


@extend_schema(tags=["moderation"])
class Flags(APIView):
    @extend_schema(
        operation_id="flag_something",
        summary="Say that something is wrong; doing it twice is doing it once",
        request=FlagThingSerializer,
        responses={201: FlagSerializer, 404: NOT_THERE},
    )
    def post(self, request: Request) -> Response:
        user, data = person(request), read(FlagThingSerializer, request)
        subject = visible(user, data["type"], data["id"])
        flag = actions.flag(user, subject, data["reason"], data.get("words", ""))
        return Response(FlagSerializer(flag).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["moderation"])
class Cases(APIView):
    @extend_schema(
        operation_id="list_cases",
        summary="What was flagged where one reviews: to be decided, most urgent first, or decided",
        parameters=[CaseQuery],
        responses=page_schema("CasePage", CaseSerializer(many=True)),
    )
    def get(self, request: Request) -> Response:
        user, query = person(request), read_query(CaseQuery, request)
        if not reviews(user):
            raise PermissionDenied
        cases = Case.objects.reviewable_by(user).for_display()
        if query["decided"]:
            page = page_of(cases.filter(closed_at__isnull=False), request, query)
        else:
            page = page_of(cases.open(), request, query, order=("due_at", "pk"))
        return page.answer(CaseSerializer(page.rows, many=True).data)


@extend_schema(tags=["moderation"])
class OneCase(APIView):
    @extend_schema(operation_id="get_case", summary="One case", responses=CaseSerializer)
    def get(self, request: Request, case_id: str) -> Response:
        return Response(_json(reviewed_case(person(request), case_id)))


@extend_schema(tags=["moderation"], request=None, responses={200: CaseSerializer})
class Hold(APIView):
    @extend_schema(operation_id="take_case", summary="Look after it oneself, where nobody does")
    def post(self, request: Request, case_id: str) -> Response:
        user = person(request)
        return Response(_json(actions.take(user, reviewed_case(user, case_id))))

    @extend_schema(operation_id="give_case_back", summary="Let it go; staff also take it from others")
    def delete(self, request: Request, case_id: str) -> Response:
        user = person(request)
        return Response(_json(actions.give_back(user, reviewed_case(user, case_id))))


@extend_schema(tags=["moderation"])
class Decide(APIView):
    @extend_schema(
        operation_id="decide_case",
        summary="The first decision holds",
        request=DecideSerializer,
        responses={200: CaseSerializer, 409: DECIDED_BEFORE},
    )
    def post(self, request: Request, case_id: str) -> Response:
        user = person(request)
        case, data = reviewed_case(user, case_id), read(DecideSerializer, request)
        try:
            actions.decide(user, case, data.pop("action"), data.pop("words", ""), **data)
        except actions.AlreadyDecidedError as error:
            raise Conflict from error
        return Response(_json(reviewed_case(user, case_id)))


@extend_schema(tags=["moderation"])
class AnswerAppeal(APIView):
    @extend_schema(
        operation_id="answer_appeal",
        summary="By somebody else than who decided, where there is somebody",
        request=AnswerSerializer,
        responses=CaseSerializer,
    )
    def post(self, request: Request, case_id: str) -> Response:
        user = person(request)
        case, data = reviewed_case(user, case_id), read(AnswerSerializer, request)
        actions.answer_appeal(user, case, **data)
        return Response(_json(reviewed_case(user, case_id)))


@extend_schema(tags=["moderation"])
class Decisions(APIView):
    @extend_schema(
        operation_id="list_decisions",
        summary="What was decided about oneself and what one wrote",
        parameters=[PageQuery],
        responses=page_schema("DecisionPage", OwnDecisionSerializer(many=True)),
    )
    def get(self, request: Request) -> Response:
        query = read_query(PageQuery, request)
        page = page_of(Decision.objects.concerning(person(request)), request, query)
        return page.answer(OwnDecisionSerializer(page.rows, many=True).data)


@extend_schema(tags=["moderation"])
class Appeal(APIView):
    @extend_schema(
        operation_id="appeal_decision",
        summary="Ask once to look again",
        request=AppealSerializer,
        responses={200: OwnDecisionSerializer},
    )
    def post(self, request: Request, decision_id: str) -> Response:
        user = person(request)
        decision = get_object_or_404(Decision.objects.concerning(user), pk=decision_id)
        decision = actions.appeal(user, decision, read(AppealSerializer, request)["words"])
        return Response(OwnDecisionSerializer(decision).data)


def _json(case: Case) -> Any:
    return CaseSerializer(case).data
