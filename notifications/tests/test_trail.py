"""From a request to what came of it, by the log alone, as an operator would: by the numbers of its lines."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Comment, Post
from myproject.logs import JsonFormatter
from notifications import trail
from notifications.channels.base import Answer, Result
from notifications.channels.email import EmailChannel
from notifications.models import Delivery, Event, Worker
from notifications.outbox import pipeline, workers
from notifications.outgoing import recording, sending

pytestmark = pytest.mark.django_db(transaction=True)
Line = dict[str, Any]
Lines = Callable[[], list[Line]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Of the trail, as LOG_FORMAT=json has them."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    before = trail.logger.level
    trail.logger.setLevel(logging.INFO)
    logging.root.addHandler(handler)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logging.root.removeHandler(handler)
    trail.logger.setLevel(before)


@pytest.fixture
def apart(settings: Settings) -> None:
    """Who serves the request does nothing of what follows."""
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none here


def send() -> None:
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass


def about(lines: list[Line], event_id: int | None) -> list[tuple[str, int | None]]:
    """What `jq 'select(.event_id == N or (.event_ids // [] | index(N)))'` finds."""
    found = [line for line in lines if event_id in (line.get("event_id"), *line.get("event_ids", ()))]
    return [(line["message"], line.get("delivery_id")) for line in found]


def test_one_follows_a_request_to_its_events_and_to_each_delivery(
    lines: Lines, apart: None, alice: User, bob: User, chloe: User, post: Post
) -> None:
    client = Client(headers={"X-Request-ID": "the-request"})
    client.force_login(bob, backend="django.contrib.auth.backends.ModelBackend")
    client.post(f"/posts/{post.pk}/comments/", {"content": "Two for me, and @chloe wants one."})
    assert Comment.objects.exists()
    of_comment = Event.objects.exclude(kind="LOGIN").order_by("pk")
    [written] = [line for line in lines() if line.get("request_id") == "the-request"]
    assert (written["message"], written["user_id"]) == ("written", bob.pk)
    assert written["event_ids"] == list(of_comment.values_list("pk", flat=True))

    while pipeline.expand_next():  # in another process, it may be
        pass
    send()
    delivery = Delivery.objects.get(recipient=alice)
    assert delivery.event_id in written["event_ids"]
    steps = about(lines(), delivery.event_id)
    assert steps == [("written", None), ("expanded", None), ("sent", delivery.pk)]


@pytest.mark.parametrize(
    ("result", "tries", "steps", "level"),
    [
        (Result.LATER, 0, ["later", "postponed"], "INFO"),
        (Result.LATER, 8, ["later", "delivery {} is a dead letter, after 9 tries"], "WARNING"),
        (Result.REFUSED, 0, ["refused"], "INFO"),
    ],
)
def test_each_try_and_the_end_of_all_names_delivery_and_event(
    lines: Lines, apart: None, bob: User, post: Post, monkeypatch: pytest.MonkeyPatch,
    result: Result, tries: int, steps: list[str], level: str,
) -> None:  # fmt: skip
    actions.react(bob, post)
    while pipeline.expand_next():
        pass
    Delivery.objects.update(attempts=tries)
    monkeypatch.setattr(EmailChannel, "hand_over", lambda *_args: Answer(result, "no such alice@example.com"))
    send()
    delivery = Delivery.objects.get()
    of_it = [line for line in lines() if line.get("delivery_id") == delivery.pk]
    assert [line["message"] for line in of_it] == [step.format(delivery.pk) for step in steps]
    assert {line["event_id"] for line in of_it} == {delivery.event_id}
    assert of_it[-1]["level"] == level
    assert "alice" not in json.dumps(lines())


def test_what_is_not_sent_says_why(lines: Lines, apart: None, alice: User, bob: User, post: Post) -> None:
    actions.react(bob, post)
    while pipeline.expand_next():
        pass
    User.objects.filter(pk=alice.pk).update(is_active=False)
    send()
    last = lines()[-1]
    assert (last["outcome"], last["reason"], last["delivery_id"]) == (
        "skipped", Delivery.objects.get().reason, Delivery.objects.get().pk,
    )  # fmt: skip


def test_what_is_undone_with_its_transaction_was_never_written(lines: Lines, bob: User, post: Post) -> None:
    with transaction.atomic():
        actions.react(bob, post)
        transaction.set_rollback(True)
    assert lines() == []


def test_an_event_that_fails_and_a_worker_that_dies_name_what_they_had(
    lines: Lines, apart: None, bob: User, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_args: object) -> None:
        raise RuntimeError

    actions.react(bob, post)
    event = Event.objects.get()
    Event.objects.update(attempts=pipeline.TRIES - 1)
    monkeypatch.setattr(pipeline, "expand_facts", breaks)
    pipeline.expand_next()
    failed, dead = lines()[-2:]
    assert (failed["event_id"], failed["level"], dead["event_id"]) == (event.pk, "ERROR", event.pk)
    assert failed["exception"].endswith("RuntimeError")

    worker = workers.register()
    workers.hold(worker, [event.pk])
    Worker.objects.update(beat_at=timezone.now() - workers.SILENCE * 2)
    workers.bury_the_dead("another")
    assert lines()[-1]["event_id"] == event.pk


def test_nothing_of_it_is_said_where_the_log_is_for_people(
    apart: None, bob: User, post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="")
    actions.react(bob, post)
    while pipeline.expand_next():
        pass
    send()
    assert caplog.text == ""
    recording.postpone(Delivery.objects.get(), "x", from_state=Delivery.State.SENT)
    Delivery.objects.update(state=Delivery.State.PENDING, attempts=8)
    recording.postpone(Delivery.objects.get(), "x", from_state=Delivery.State.PENDING)
    assert "is a dead letter" in caplog.text
