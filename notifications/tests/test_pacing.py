"""Background threads rest while somebody's request is in hand, and go on when nobody waits."""

import threading
import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from notifications import pacing
from notifications.pacing import Pace, PacingMiddleware


def work(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


def rested(pace: Pace) -> float:
    begun = time.monotonic()
    pace.rest()
    return time.monotonic() - begun


def test_on_a_quiet_site_nothing_rests() -> None:
    pace = Pace(threading.Event())
    work(0.01)
    assert rested(pace) < 0.1


def test_while_a_request_is_served_it_rests_many_times_what_it_worked(rf: RequestFactory) -> None:
    pace, times = Pace(threading.Event()), []

    def view(_request: object) -> HttpResponse:
        work(0.01)
        times.append(rested(pace))
        times.append(rested(pace))  # nothing was done since
        return HttpResponse()

    PacingMiddleware(view)(rf.get("/"))
    assert 0.19 <= times[0] < 5
    assert times[1] < 0.19


def test_it_goes_on_as_soon_as_nobody_waits(rf: RequestFactory) -> None:
    pace, inside, done = Pace(threading.Event()), threading.Event(), threading.Event()

    def view(_request: object) -> HttpResponse:
        inside.set()
        done.wait(30)
        return HttpResponse()

    serving = threading.Thread(target=PacingMiddleware(view), args=(rf.get("/"),))
    serving.start()
    inside.wait(30)
    work(pacing.LONGEST_REST_SECONDS * pacing.SHARE)
    threading.Timer(0.1, done.set).start()
    assert rested(pace) < pacing.LONGEST_REST_SECONDS * 0.9
    serving.join()


def test_a_request_that_fails_is_no_longer_waited_for(rf: RequestFactory) -> None:
    def view(_request: object) -> HttpResponse:
        raise LookupError

    with pytest.raises(LookupError):
        PacingMiddleware(view)(rf.get("/"))
    assert not pacing.somebody_waits()


def test_the_end_of_the_process_ends_the_rest(rf: RequestFactory) -> None:
    stopping = threading.Event()
    stopping.set()
    pace, times = Pace(stopping), []

    def view(_request: object) -> HttpResponse:
        work(0.02)
        times.append(rested(pace))
        return HttpResponse()

    PacingMiddleware(view)(rf.get("/"))
    assert times[0] < 0.2
