"""Traces, where a collector is named: OTEL_EXPORTER_OTLP_ENDPOINT. Elsewhere nothing of them is loaded."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest

from .logs import masked

if TYPE_CHECKING:
    from opentelemetry.trace import Span

_NONE: AbstractContextManager[None] = nullcontext()


def begin() -> None:
    """For processes that serve: the first request need not wait for the libraries."""
    if settings.TRACES:
        from . import otel

        otel.tracer()


def span(
    name: str, *, event_ids: Sequence[int] = (), attributes: Mapping[str, Any] | None = None
) -> AbstractContextManager["Span | None"]:
    """Around a piece of work. About one event it is in the trace of that; about several it leads to each."""
    if not settings.TRACES:
        return _NONE
    from . import otel

    return otel.span(name, event_ids=event_ids, attributes=attributes or {})


def serving(request: HttpRequest, request_id: str) -> AbstractContextManager["Span | None"]:
    """Around a request. Who sends it chooses neither its trace nor whether that is kept; a proxy may."""
    if not settings.TRACES:
        return _NONE
    from . import otel

    attributes = {
        "http.request.method": request.method or "",
        "url.path": masked(request.path),
        "belltower.request_id": request_id,
    }
    parent = request.META.get("HTTP_TRACEPARENT", "") if settings.TRUSTED_PROXIES else ""
    return otel.span(request.method or "", attributes=attributes, traceparent=parent, serves=True)


def answered(current: "Span | None", request: HttpRequest, status: int) -> None:
    """Named by its route by now, so that all that is alike has one name."""
    if current is None:
        return
    from . import otel

    route = getattr(request.resolver_match, "route", "")
    otel.answered(current, request.method or "", route, status)


def written(event_ids: Sequence[int]) -> None:
    """What is being served has written these: it leads to their traces, which begin."""
    if settings.TRACES:
        from . import otel

        otel.begin_traces(event_ids)


def became(outcome: str, event_ids: Sequence[int] = ()) -> None:
    """What is being done ends so. Where it is one message about several events, it leads to each."""
    if settings.TRACES:
        from . import otel

        otel.say_outcome(outcome)
        if len(event_ids) > 1:
            otel.lead_to(event_ids)


def close() -> None:
    """Send what is left, if that is soon done. No trace holds up the end of a process."""
    if settings.TRACES:
        from . import otel

        otel.close()
