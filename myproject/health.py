"""Is it alive, is it ready, and what is it doing: for supervisors, balancers and Prometheus."""

import ipaddress
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import re_path
from django.utils import timezone
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from rest_framework.permissions import BasePermission, IsAdminUser
from rest_framework.request import Request
from rest_framework.views import APIView

from notifications import hints
from notifications.models import Event, Worker
from notifications.outbox import dispatcher
from notifications.outbox.workers import SILENCE
from notifications.realtime import bus

from .metrics import registry

OVERDUE = timedelta(seconds=120)  # an event that has waited longer shows that nobody works


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Restart it when it does not."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, and notifications are on their way. Send no visitors while it is 503.

    Bus and broker are told for information: without them all is late by seconds, and nothing is lost.
    """
    problems = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if problem := _dispatcher_problem():
            problems["dispatcher"] = problem
    except DatabaseError:
        problems["database"] = "does not answer"
    checks = {name: problems.get(name, "ok") for name in ("database", "dispatcher")}
    checks["bus"] = bus.current().state()
    if settings.NOTIFICATION_EXECUTOR == "celery":
        checks["broker"] = hints.state()
    ready = not problems
    return JsonResponse({"status": "ready" if ready else "not ready", **checks}, status=200 if ready else 503)


def _dispatcher_problem() -> str:
    """Empty where all is well, or where nothing waits for a dispatcher."""
    if settings.NOTIFICATION_EXECUTOR == "inline":
        return ""
    now = timezone.now()
    # Another process may be the dispatcher of them all.
    at_work = dispatcher.is_alive() or Worker.objects.filter(beat_at__gt=now - SILENCE).exists()
    if settings.NOTIFICATION_EXECUTOR == "threads" and not at_work:
        return "no thread is at work"
    if Event.objects.due(now - OVERDUE).exists():
        return f"events have waited for more than {OVERDUE.seconds} seconds"
    return ""


class IsOnThisMachine(BasePermission):
    """From a loopback address or one of METRICS_FROM, and not handed on by a proxy for somebody else."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if any(name in request.META for name in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")):
            return False
        try:
            address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
        except ValueError:
            return False
        networks = map(ipaddress.ip_network, settings.METRICS_FROM)
        return address.is_loopback or any(address in network for network in networks)


@extend_schema(exclude=True)
class Metrics(APIView):
    """Prometheus text, for this machine, those that are named for it, and staff."""

    permission_classes = [IsOnThisMachine | IsAdminUser]

    def get(self, request: Request) -> HttpResponse:
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


urlpatterns = [
    re_path(r"^healthz/?\Z", healthz, name="healthz"),
    re_path(r"^readyz/?\Z", readyz, name="readyz"),
    re_path(r"^metrics/?\Z", Metrics.as_view(), name="metrics"),
]
