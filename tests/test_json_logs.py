"""LOG_FORMAT=json: each record is one line that a program can read, whatever anybody sent."""

import json
import logging
import logging.config
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from myproject import logs
from myproject.log_fields import about

Spoken = StringIO


@pytest.fixture
def spoken() -> Iterator[Spoken]:
    """All that a site with LOG_FORMAT=json writes: the loggers are set up as there."""
    kept = logging.root.handlers[:], logging.root.level
    logging.config.dictConfig(logs.configuration(form="json", level="INFO"))
    written = StringIO()
    [console] = logging.root.handlers
    assert isinstance(console, logging.StreamHandler)
    console.setStream(written)
    yield written
    logging.config.dictConfig(settings.LOGGING)
    logging.getLogger("uvicorn").handlers.clear()
    logging.root.handlers[:], logging.root.level = kept


def lines(written: Spoken) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


HOSTILE = '"}\n{"level": "CRITICAL"}\r\x00\x1b[31m\u2028\u0085 ünï %s'


def test_a_message_cannot_end_its_line_or_begin_another(spoken: Spoken) -> None:
    logging.getLogger("some.library").warning("It says: %s", HOSTILE)
    [line] = lines(spoken)
    assert len(spoken.getvalue().encode("ascii").splitlines()) == 1
    assert line["message"] == f"It says: {HOSTILE}"
    assert (line["level"], line["logger"]) == ("WARNING", "some.library")
    assert line["time"].endswith("Z")
    assert line["time"][10] == "T"


def test_half_a_character_is_no_reason_to_lose_a_line() -> None:
    """Not by a logger: pytest keeps what those say, and a parallel worker cannot hand this on."""
    line = logs.JsonFormatter().format(logging.makeLogRecord({"msg": "a\ud800b"}))
    assert json.loads(line.encode("ascii"))["message"] == "a\ud800b"


def test_an_exception_is_one_field_of_the_line_that_told_of_it(spoken: Spoken) -> None:
    try:
        raise ValueError(HOSTILE + "jane.doe@example.org")
    except ValueError:
        logging.getLogger("x").exception("broken")
    [line] = lines(spoken)
    assert line["message"] == "broken"
    assert line["exception"].startswith("Traceback")
    assert "ValueError" in line["exception"]
    assert "jane.doe" not in spoken.getvalue()


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("<Jane.Doe+tag@example.org> is full", "<…@example.org> is full"),
        ("/find?email=jane%2Bdoe%40example.org", "/find?email=…%40example.org"),
        ("smtp://bell:opensesame@mail.internal/", "smtp://bell:…@mail.internal/"),
        ("jürgen@exämple.de, x@[192.0.2.1]", "…@exämple.de, …@[192.0.2.1]"),
        ("to +49 151 000-0001 and +491510000001", "to +… and +…"),
        ("call 0151 2345678", "call +…"),
        ("/confirm/MTIz:abcdefghij0123456789/", "/confirm/…/"),
        # What only looks like it:
        ("at 2026-11-25T13:55:47.123+0000, event 491510000001", None),
        ("@property in a @ b, 1e+10000000 and 0.0123456789", None),
    ],
)
def test_where_somebody_is_reached_is_in_no_line_of_either_form(said: str, written: str | None) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s", (said,), None)
    wanted = said if written is None else written
    assert json.loads(logs.JsonFormatter().format(record))["message"] == wanted
    assert logs.LineFormatter("{message}", style="{").format(record) == wanted


def test_who_logs_wrongly_or_at_length_is_heard_all_the_same() -> None:
    def line(text: str, *args: object, **fields: object) -> dict[str, Any]:
        record = logging.LogRecord("x", logging.INFO, "", 0, text, args, None)
        vars(record).update(fields)
        return dict(json.loads(logs.JsonFormatter().format(record)))

    assert line("%d of %d", 1)["message"] == "%d of %d (1,)"
    assert len(line("%s", "a1@" * 20_000)["message"]) == logs.MESSAGE_MAX
    assert line("odd", event_id=object())["event_id"].startswith("<object")


def test_a_line_says_what_it_is_about_and_the_nearest_word_counts(spoken: Spoken) -> None:
    logger = logging.getLogger("x")
    with about(event_id=1, delivery_id=2):
        with about(event_id=3):
            logger.info("inside")
        logger.info("between", extra={"delivery_id": 4})
    logger.info("outside")
    found = [(line["message"], line.get("event_id"), line.get("delivery_id")) for line in lines(spoken)]
    assert found == [("inside", 3, 2), ("between", 1, 4), ("outside", None, None)]


def test_the_server_s_own_lines_go_the_same_way(spoken: Spoken) -> None:
    logging.getLogger("uvicorn.error").info("Started server process [%d]", 7)
    logging.getLogger("uvicorn.access").info("GET /api/notifications/stream?ticket=abc")
    assert [line["logger"] for line in lines(spoken)] == ["uvicorn.error"]


@pytest.mark.django_db
def test_each_request_has_its_line(spoken: Spoken, alice: User) -> None:
    client = Client()
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    answers = [client.get("/bookmarks/"), client.get("/nowhere/?of=alice"), Client().get("/healthz")]
    of_request: dict[str, list[dict[str, Any]]] = {}
    for line in lines(spoken):
        of_request.setdefault(line["request_id"], []).append(line)
    page, missing, health = (of_request[answer["X-Request-ID"]] for answer in answers)
    [line] = page
    assert (line["method"], line["path"], line["status"]) == ("GET", "/bookmarks/", 200)
    assert line["user_id"] == alice.pk
    assert line["duration_ms"] > 0
    # Django's own words of it, spoken when the middleware has ended, belong to the request too.
    assert [(each["logger"], each["status"], each["path"]) for each in missing] == [
        ("myproject.access", 404, "/nowhere/"), ("django.request", 404, "/nowhere/"),
    ]  # fmt: skip
    assert "user_id" not in health[0]
    assert "alice" not in spoken.getvalue().lower()


def test_by_default_the_log_is_for_eyes_and_says_no_more_than_it_did() -> None:
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "text"
    assert not logging.getLogger("myproject.access").isEnabledFor(logging.INFO)
    record = logging.LogRecord("x", logging.INFO, "", 0, "broken", (), None)
    try:
        raise ValueError("jane@example.org")
    except ValueError:
        record.exc_info = sys.exc_info()
    [line_of] = [
        each.format for each in logging.root.handlers if each.formatter.__class__ is logs.LineFormatter
    ]
    assert line_of(record).endswith("ValueError: …@example.org")
