"""Traces by OpenTelemetry. Imported where they are on, and nowhere else: it takes a third of a second.

All that becomes of one event is one trace, in whatever process and after any restart, though no row holds a
word of it: its ids follow from the event's number. A request has a trace of its own, with a link there.
"""

import hashlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.conf import settings
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from .log_fields import about

FLUSH_SECONDS = 2  # of the 25 that SIGTERM has: a collector that answers needs less, another gets no more
LINKS_MAX = 128  # as many a span keeps

_making = threading.Lock()
_traceparent = TraceContextTextMapPropagator()


class _Ids(RandomIdGenerator):
    """By chance, but of the span that begins the trace of an event."""

    def __init__(self) -> None:
        self._given = threading.local()

    @contextmanager
    def handing_out(self, ids: SpanContext) -> Iterator[None]:
        self._given.ids = ids
        try:
            yield
        finally:
            self._given.ids = None

    def generate_trace_id(self) -> int:
        given = getattr(self._given, "ids", None)
        return given.trace_id if given else super().generate_trace_id()

    def generate_span_id(self) -> int:
        given = getattr(self._given, "ids", None)
        return given.span_id if given else super().generate_span_id()


_ids = _Ids()


@cache
def _provider() -> TracerProvider:
    named = "OTEL_SERVICE_NAME" in os.environ or "service.name=" in os.environ.get(
        "OTEL_RESOURCE_ATTRIBUTES", ""
    )
    resource = Resource.create({} if named else {"service.name": "belltower"})
    provider = TracerProvider(resource=resource, id_generator=_ids, shutdown_on_exit=False)
    # A queue of bounded length and a thread of its own: whoever ends a span waits for no collector.
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def tracer() -> Tracer:
    with _making:
        return _provider().get_tracer("belltower")


@contextmanager
def span(
    name: str,
    *,
    event_ids: Sequence[int] = (),
    attributes: Mapping[str, Any],
    traceparent: str = "",
    serves: bool = False,
) -> Iterator[Span]:
    parent = None
    if traceparent:
        parent = _traceparent.extract({"traceparent": traceparent}, Context())
    elif len(event_ids) == 1:
        parent = trace.set_span_in_context(trace.NonRecordingSpan(_of_event(event_ids[0])), Context())
    with tracer().start_as_current_span(
        name,
        parent,
        kind=SpanKind.SERVER if serves else SpanKind.INTERNAL,
        attributes={**_numbers(event_ids), **attributes},
        # The words of an exception may say where somebody is reached: the log has them, masked.
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        if len(event_ids) > 1:
            lead_to(event_ids)
        try:
            with about(trace_id=f"{current.get_span_context().trace_id:032x}"):
                yield current
        except BaseException as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def answered(current: Span, method: str, route: str, status: int) -> None:
    current.set_attribute("http.response.status_code", status)
    if route:
        current.update_name(f"{method} {route}")
        current.set_attribute("http.route", route)
    if status >= 500:
        current.set_status(Status(StatusCode.ERROR))


def begin_traces(event_ids: Sequence[int]) -> None:
    here = trace.get_current_span().get_span_context()
    back = [trace.Link(here)] if here.is_valid else []
    for event_id in event_ids[:LINKS_MAX]:
        with _ids.handing_out(_of_event(event_id)):
            first = tracer().start_span("event", Context(), links=back, attributes=_numbers([event_id]))
        first.end()
    lead_to(event_ids)


def say_outcome(outcome: str) -> None:
    trace.get_current_span().set_attribute("belltower.outcome", outcome)


def lead_to(event_ids: Sequence[int]) -> None:
    current = trace.get_current_span()
    for event_id in event_ids[:LINKS_MAX]:
        current.add_link(_of_event(event_id))


def _of_event(event_id: int) -> SpanContext:
    """Of the span that its trace begins with. Whether it is kept is decided by its ids, everywhere alike."""
    digest = hashlib.sha256(f"{settings.SITE_URL} event {event_id}".encode()).digest()
    trace_id = int.from_bytes(digest[:16], "big")
    decision = _provider().sampler.should_sample(Context(), trace_id, "event").decision
    flags = TraceFlags(TraceFlags.DEFAULT if decision is Decision.DROP else TraceFlags.SAMPLED)
    return SpanContext(trace_id, int.from_bytes(digest[16:24], "big"), is_remote=True, trace_flags=flags)


def _numbers(event_ids: Sequence[int]) -> dict[str, Any]:
    if len(event_ids) == 1:
        return {"belltower.event_id": event_ids[0]}
    return {"belltower.event_ids": list(event_ids[:LINKS_MAX])} if event_ids else {}


def close(seconds: float = FLUSH_SECONDS) -> None:
    """In a thread of its own, and left behind where the collector takes its time."""
    if _provider.cache_info().currsize:
        flushing = threading.Thread(target=_provider().shutdown, name="traces-end", daemon=True)
        flushing.start()
        flushing.join(seconds)
