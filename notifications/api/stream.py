"""The stream, as far as Django has a part in it: tickets, and what the documentation says."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from myproject.api import person
from myproject.api_schema import PROBLEM

from ..models import Notification
from ..realtime import tickets
from ..realtime.credentials import Credential, mark_of
from ..realtime.revisions import current_snapshot

EVENTS = """\
Server-Sent Events, one stream for all of a browser's tabs.

- `connected` comes first: `{"user_id", "connection_id", "unread_count"}`.
- `notification` has the JSON of one notification, as the list shows it.
- `unread` has `{"unread_count"}`, whenever it changes.
- `ping` has `{"timestamp"}`, every 30 seconds.
- `reset` says that what was missed is not replayed: the id is unknown, older than a day, or more than a
  thousand notifications ago. Ask for the list anew; the stream goes on from now.

Whoever comes back with the last `id` as `Last-Event-ID`, as browsers do by themselves, gets everything since,
once, in the order in which it came to be. The stream ends when the session or token does.
"""


class TicketSerializer(serializers.Serializer[Any]):
    ticket = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")


@extend_schema(tags=["notifications"])
class Stream(APIView):
    """`realtime/endpoint.py` answers before Django; this is where the server has no stream."""

    @extend_schema(
        operation_id="open_stream",
        summary="Hear of notifications the moment they come",
        description=EVENTS,
        parameters=[
            OpenApiParameter("Last-Event-ID", str, OpenApiParameter.HEADER, description="Resume after it."),
            OpenApiParameter("last_event_id", str, description="The same, for clients without the header."),
            OpenApiParameter("ticket", str, description="Instead of a token or a session."),
        ],
        responses={
            (200, "text/event-stream"): OpenApiTypes.STR,
            403: OpenApiResponse(PROBLEM, "Opened with a session by a page of another site."),
            204: OpenApiResponse(None, "This server has no streams; ask for the unread count instead."),
            503: OpenApiResponse(PROBLEM, "No stream just now; `Retry-After` says when to try again."),
        },
    )
    def get(self, request: Request) -> Response:
        # To whoever reads streams, 204 says: do not come back (WHATWG HTML, server-sent events).
        return Response(status=204)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whoever asks for a stream alone is answered too: there is no content to disagree about."""
        return super().perform_content_negotiation(request, force=True)


@extend_schema(tags=["notifications"])
class StreamTicket(APIView):
    @extend_schema(
        operation_id="get_stream_ticket",
        summary="A ticket that opens the stream once, within a minute",
        description="For clients that cannot send a header with it; the ticket stands in the address.",
        request=None,
        responses=TicketSerializer,
    )
    def post(self, request: Request) -> Response:
        unread_count = Notification.objects.of(person(request)).unread().count()
        ticket = tickets.issue(_credential(request), unread_count=unread_count, snapshot=current_snapshot())
        return Response({"ticket": ticket, "expires_in": tickets.SECONDS})


def _credential(request: Request) -> Credential:
    """What this request came in with: when that ends, the stream does."""
    user = person(request)
    if isinstance(request.auth, AuthToken):
        return Credential(user.pk, "", request.auth.digest, mark_of(user.password))
    session = request._request.session.session_key
    if session is None:
        raise NotAuthenticated
    return Credential(user.pk, session, "", mark_of(user.password))
