"""OTEL_EXPORTER_OTLP_ENDPOINT: requests and what becomes of events, as a collector gets to see them."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from accounts.models import User
from community import actions
from community.models import Post
from myproject import otel, tracing
from notifications.channels.email import EmailChannel
from notifications.models import Delivery, Event
from notifications.outbox import pipeline
from notifications.outgoing import sending
from testing.http_server import FarEnd, hangs
from testing.http_server import serving as serve

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent
Sent = Callable[[], list[Span]]
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def collector(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FarEnd]:
    with serve() as far_end:
        settings.TRACES = True
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", far_end.url)
        far_end.will(200)
        otel._provider.cache_clear()
        yield far_end
        far_end.patience.set()
        otel.close()
        otel._provider.cache_clear()


@pytest.fixture
def sent(collector: FarEnd) -> Sent:
    """What has ended by now, as it went over the wire."""

    def sent() -> list[Span]:
        otel._provider().force_flush()
        assert {request.path for request in collector.requests} == {"/v1/traces"}
        messages = [ExportTraceServiceRequest.FromString(request.body) for request in collector.requests]
        groups = [group for message in messages for group in message.resource_spans]
        assert {named["service.name"] for named in map(attributes, (each.resource for each in groups))} == {
            "belltower"
        }
        return [span for group in groups for scope in group.scope_spans for span in scope.spans]

    return sent


def attributes(thing: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in thing.attributes}


def test_a_request_leads_to_its_event_and_that_to_all_that_came_of_it(
    sent: Sent, settings: Any, alice: User, bob: User, post: Post
) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: what follows is another's
    client = Client(headers={"X-Request-ID": "the-request"})
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    Event.objects.all().delete()
    client.post(f"/posts/{post.pk}/reactions/", {"add": "like"})
    event = Event.objects.get()
    pipeline.expand_next()
    delivery = Delivery.objects.get()
    with sending.Lane("test") as lane:
        lane.send_next()

    named = {span.name: span for span in sent()}
    request = named.pop(next(name for name in named if name.startswith("POST ")))
    first, expand, deliver = named["event"], named["expand"], named["deliver email"]
    assert request.kind == Span.SPAN_KIND_SERVER
    said = attributes(request)
    assert said["http.route"] in request.name
    assert (said["belltower.request_id"], said["http.response.status_code"]) == ("the-request", 303)
    # They lead to each other, and what came of the event is one tree.
    assert (first.trace_id, first.span_id) in {(link.trace_id, link.span_id) for link in request.links}
    assert [link.trace_id for link in first.links] == [request.trace_id] != [first.trace_id]
    assert {expand.trace_id, deliver.trace_id} == {first.trace_id}
    assert {expand.parent_span_id, deliver.parent_span_id} == {first.span_id}
    assert attributes(deliver) == {
        "belltower.event_id": event.pk, "belltower.delivery_id": delivery.pk,
        "belltower.channel": "email", "belltower.outcome": "sent",
    }  # fmt: skip


def test_many_events_at_once_are_one_span_that_leads_to_each(
    sent: Sent, settings: Any, bob: User, chloe: User, post: Post
) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"
    actions.react(bob, post)
    actions.react(chloe, post)
    pipeline.expand_next()
    spans = sent()
    firsts = {span.trace_id for span in spans if span.name == "event"}
    [expand] = [span for span in spans if span.name == "expand"]
    assert len(firsts) == 2
    assert {link.trace_id for link in expand.links} == firsts
    assert expand.trace_id not in firsts


def test_what_fails_says_so_and_not_whom_it_was_about(
    sent: Sent, settings: Any, bob: User, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: Any) -> None:
        raise RuntimeError("no mailbox alice@example.com")

    settings.NOTIFICATION_EXECUTOR = "threads"
    actions.react(bob, post)
    pipeline.expand_next()
    monkeypatch.setattr(EmailChannel, "hand_over", breaks)
    with sending.Lane("test") as lane, pytest.raises(RuntimeError):
        lane.send_next()
    Client().get("/accounts/confirm-email/MTIz:abcdefghij0123456789/")
    spans = sent()
    [deliver] = [span for span in spans if span.name == "deliver email"]
    assert (deliver.status.code, deliver.status.message) == (Status.STATUS_CODE_ERROR, "RuntimeError")
    assert not any(hidden in str(spans) for hidden in ("alice", "abcdefghij0123456789"))


@pytest.mark.parametrize("behind", [False, True])
def test_only_a_proxy_of_ours_says_to_which_trace_a_request_belongs(
    sent: Sent, settings: Any, behind: bool
) -> None:
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"] if behind else []
    for given in (PARENT, "00-zz", "x" * 10_000, "\r\n"):
        assert Client().get("/healthz", headers={"traceparent": given}).status_code == 200
    spans = sent()
    assert len(spans) == len({span.trace_id for span in spans}) == 4
    assert (PARENT.split("-")[1] in {span.trace_id.hex() for span in spans}) is behind


def test_a_collector_that_hangs_holds_up_no_request_and_no_end(collector: FarEnd) -> None:
    collector.will(hangs)
    began = time.monotonic()
    for _each in range(600):  # more than a batch: it is being sent by now, to nobody
        with tracing.span("work"):
            pass
    assert Client().get("/healthz").status_code == 200
    otel.close(0.1)
    assert time.monotonic() - began < 15  # the library alone would wait for 30


def test_nothing_of_it_is_loaded_where_no_collector_is_named() -> None:
    """Only inside of functions that have asked; the libraries take a third of a second and 20 MB."""
    files = [path for package in ROOT.glob("*/__init__.py") for path in package.parent.rglob("*.py")]
    loading = re.compile(r"^(from|import) (opentelemetry|myproject.otel|\S+ import .*\botel\b)", re.M)
    found = {str(path.relative_to(ROOT)) for path in files if loading.search(path.read_text())}
    assert found == {"myproject/otel.py", "tests/test_traces.py"}
