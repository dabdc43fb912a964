"""Whatever a mail server does, each mail comes to its right state, soon."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import OperationalError
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Post
from notifications.channels.base import Result
from notifications.channels.smtp import SmtpLink
from notifications.models import Breaker, Delivery
from notifications.outbox import pipeline
from notifications.outgoing import recording, sending
from notifications.tests.rude_smtp import Line, RudeServer, dribble, drop, hang, reset, say_much

pytestmark = pytest.mark.django_db(transaction=True)
Answered = str | Callable[[Line], None]
Serve = Callable[..., RudeServer]

# Its state, its reason, the tries that it spent, and the hand-overs that led nobody knows where.
SENT = ("sent", "", 0, 1)
REFUSED = ("failed", "refused", 0, 1)
LATER = ("pending", "", 1, 0)
OURS = ("pending", "", 0, 0)  # and the breaker is open
PERHAPS = ("pending", "", 0, 1)


@pytest.fixture
def serve(settings: Settings) -> Iterator[Serve]:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    with ExitStack() as stack:

        def serve(**answers: Answered) -> RudeServer:
            server = stack.enter_context(RudeServer(answers))
            settings.EMAIL_PORT = server.port
            return server

        yield serve


@pytest.fixture
def delivery(post: Post, bob: User, settings: Settings) -> Delivery:
    settings.NOTIFICATION_EXECUTOR = "threads"
    actions.react(bob, post)
    while pipeline.expand_next():
        pass
    return Delivery.objects.get()


def send() -> None:
    with sending.Lane("test") as lane:
        while lane.send_next():
            pass


def end(delivery: Delivery) -> tuple[str, str, int, int]:
    delivery.refresh_from_db()
    return delivery.state, delivery.reason, delivery.attempts, delivery.handovers


def named(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    return ", ".join(f"{step} {getattr(answer, '__name__', answer)}" for step, answer in value.items())


@pytest.mark.parametrize(
    ("answers", "ends"),
    [
        ({"BANNER": hang}, LATER),
        ({"BANNER": "421 too busy"}, LATER),
        ({"BANNER": "554 not you"}, OURS),
        ({"BANNER": drop}, LATER),
        ({"EHLO": "550 who are you?", "HELO": "550 who are you?"}, OURS),
        ({"EHLO": "421 not now", "HELO": "421 not now"}, LATER),
        ({"MAIL": "452 no room"}, LATER),
        ({"MAIL": "550 not from there"}, OURS),
        ({"MAIL": "530 sign in first"}, OURS),
        ({"RCPT": "450 mailbox busy"}, LATER),
        ({"RCPT": "451 greylisted"}, LATER),
        ({"RCPT": "550 no such user"}, REFUSED),
        ({"RCPT": "552 mailbox full"}, REFUSED),
        ({"RCPT": "530 sign in first"}, OURS),
        ({"RCPT": drop}, LATER),
        ({"RCPT": "complete nonsense"}, LATER),
        ({"DATA": "451 not now"}, LATER),
        ({"DATA": "554 no thanks"}, REFUSED),
        ({"DATA": hang}, LATER),
        ({"DATA": reset}, LATER),
        ({"BODY": hang}, PERHAPS),  # it was small, and is on its way as far as anybody knows
        ({"DOT": "451 try again"}, LATER),
        ({"DOT": "554 looks like spam"}, REFUSED),
        ({"DOT": hang}, PERHAPS),
        ({"DOT": drop}, PERHAPS),
        ({"DOT": reset}, PERHAPS),
        ({"DOT": dribble}, PERHAPS),
        ({"DOT": "complete nonsense"}, PERHAPS),
        ({"DOT": say_much}, SENT),
        ({"MAIL": say_much, "RCPT": say_much}, SENT),
        ({"RCPT": dribble}, LATER),
        ({"QUIT": hang}, SENT),
        ({"QUIT": drop}, SENT),
        ({"RCPT": "550 no such user", "RSET": drop}, REFUSED),
    ],
    ids=named,
)
def test_each_misbehaviour_leads_to_its_state(
    delivery: Delivery,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[str, object],
    ends: tuple[str, str, int, int],
    settings: Settings,
) -> None:
    monkeypatch.setattr("notifications.channels.smtp_wire.QUIT_SECONDS", 0.2)
    settings.EMAIL_TIMEOUT = 0.3 if {hang, dribble} & {*answers.values()} else 5
    server = serve(**answers)
    started, now = time.monotonic(), timezone.now()
    send()

    assert end(delivery) == ends
    assert time.monotonic() - started < 15  # of a machine that has other things to do
    assert Breaker.objects.filter(opened_at__isnull=False, is_our_fault=True).exists() == (ends == OURS)
    if ends == PERHAPS:
        assert delivery.due_at > now + timedelta(minutes=9)
    assert sum(command.startswith("RCPT") for command in server.commands) <= 1  # one recipient a message


def shake_no_hands(line: Line) -> None:
    line.say("220 go on")
    line.sock.recv(4096)
    line.say("no hands are shaken here" * 20)


FALSE_TLS = {"EHLO": "250-rude.example\r\n250 STARTTLS", "STAR": shake_no_hands}
SIGNED_IN = {"EMAIL_HOST_USER": "belltower", "EMAIL_HOST_PASSWORD": "secret"}
NO_TLS = {"EHLO": "250 rude.example"}


@pytest.mark.parametrize(
    ("wanted", "answers", "ends"),
    [
        (SIGNED_IN, {"AUTH": "535 wrong password"}, OURS),
        (SIGNED_IN, {"AUTH": "454 not now"}, LATER),
        (SIGNED_IN, NO_TLS, OURS),  # and no AUTH either
        (SIGNED_IN, {}, SENT),
        ({"EMAIL_USE_TLS": True}, NO_TLS, OURS),
        ({"EMAIL_USE_TLS": True}, FALSE_TLS, OURS),
        ({"EMAIL_USE_SSL": True}, {"BANNER": "220 in plain words" + "." * 500}, OURS),
    ],
)
def test_what_this_site_must_set_right_costs_no_mail_a_try(
    delivery: Delivery,
    serve: Serve,
    settings: Settings,
    wanted: dict[str, object],
    answers: dict[str, object],
    ends: tuple[str, str, int, int],
) -> None:
    for name, value in wanted.items():
        setattr(settings, name, value)
    serve(**answers)
    send()

    assert end(delivery) == ends


def test_nobody_there_is_a_try_by_the_schedule(delivery: Delivery, serve: Serve, settings: Settings) -> None:
    serve()
    settings.EMAIL_PORT = 1
    send()

    assert end(delivery) == LATER


def test_a_reply_in_time_each_is_not_enough(
    delivery: Delivery, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.channels.smtp.TOTAL_SECONDS", 0.5)
    server = serve(MAIL=slow("250 OK"), RCPT=slow("250 OK"))
    send()

    assert end(delivery) == LATER
    assert server.seen["DATA"] == 0


def slow(answer: str) -> Callable[[Line], None]:
    def deed(line: Line) -> None:
        line.stopping.wait(0.3)
        line.say(answer)

    return deed


@pytest.mark.parametrize("deed", [hang, reset])
def test_what_breaks_before_the_final_dot_has_certainly_not_been_taken(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, deed: Callable[[Line], None]
) -> None:
    monkeypatch.setattr("notifications.channels.smtp.TOTAL_SECONDS", 1)
    serve(BODY=deed)
    backend = get_connection()
    assert isinstance(backend, EmailBackend)
    large = EmailMessage("Large", "x" * 70 + ("\n" + "x" * 70) * 200_000, "a@example.com", ["b@example.com"])
    answer = SmtpLink(backend).hand_over(large)

    assert answer.result is Result.LATER


@pytest.mark.parametrize("farewell", [drop, reset, "421 enough for one connection"])
def test_a_kept_connection_that_ends_costs_no_mail_a_try(
    serve: Serve, farewell: str | Callable[[Line], None]
) -> None:
    server = serve()
    backend = get_connection()
    assert isinstance(backend, EmailBackend)
    link, letter = SmtpLink(backend), EmailMessage("Hello", "Ben", "a@example.com", ["b@example.com"])

    def enough(line: Line) -> None:
        if server.seen["MAIL"] % 3:
            line.say("250 OK")
        elif isinstance(farewell, str):
            line.say(farewell)
        else:
            farewell(line)

    server.answers["MAIL"] = enough
    results = [link.hand_over(letter).result for _ in range(6)]
    link.close()

    assert results == [Result.SENT] * 6
    assert len(server.messages) == 6
    assert server.seen["BANNER"] == 3


def test_it_is_reused_and_left_with_a_word(serve: Serve, post: Post, bob: User, chloe: User) -> None:
    server = serve()
    actions.react(bob, post)
    actions.comment(chloe, post, "Any left?")
    while pipeline.expand_next():
        pass
    send()

    assert len(server.messages) == 2
    assert (server.seen["BANNER"], server.seen["QUIT"]) == (1, 1)


def test_a_sender_that_was_stopped_in_between_lets_another_hand_it_over(
    delivery: Delivery, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve()
    begin = recording.begin

    def begin_and_sleep(*args: Any, **kwargs: Any) -> Any:
        attempt: Any = begin(*args, **kwargs)
        attempt.started_at -= timedelta(seconds=20)
        return attempt

    monkeypatch.setattr(recording, "begin", begin_and_sleep)
    with sending.Lane("test") as lane:
        lane.send_next()

    assert (end(delivery), server.messages) == (("pending", "", 0, 0), [])


def test_what_was_sent_is_recorded_when_the_database_is_back(
    delivery: Delivery, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve()
    record, failures = recording.end, iter([OperationalError("away"), OperationalError("away")])

    def fails_twice(*args: Any, **kwargs: Any) -> None:
        for error in failures:
            raise error
        record(*args, **kwargs)

    monkeypatch.setattr(recording, "end", fails_twice)
    monkeypatch.setattr(sending, "RECORD_PAUSE_SECONDS", 0)
    send()

    assert end(delivery) == SENT
    assert len(server.messages) == 1
