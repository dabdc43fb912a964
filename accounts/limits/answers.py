"""What whoever tries too often is told: that it is too often, and when to come again."""

from math import ceil

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import ngettext

from .attempts import TooOftenError

_WAIT = "limits_wait_seconds"  # of a request


def refused(request: HttpRequest, error: TooOftenError) -> str:
    """Whatever page comes of it answers 429 and says when; answers the words to say."""
    setattr(request, _WAIT, ceil(error.seconds))
    return said(request)


def wait_of(request: HttpRequest) -> float:
    """Seconds, where one was refused during this request."""
    return float(getattr(request, _WAIT, 60))


def too_many(request: HttpRequest) -> HttpResponse:
    """The page for it, where there is no form to say it at (`handler429`)."""
    return render(request, "429.html", {"said": said(request)}, status=429)


def said(request: HttpRequest) -> str:
    minutes = ceil(getattr(request, _WAIT, 60) / 60)
    if minutes < 60:
        words = ngettext(
            "Too many attempts. Please try again in a minute.",
            "Too many attempts. Please try again in %(count)d minutes.",
            minutes,
        )
        return words % {"count": minutes}
    hours = ceil(minutes / 60)
    return ngettext(
        "Too many attempts. Please try again in an hour.",
        "Too many attempts. Please try again in %(count)d hours.",
        hours,
    ) % {"count": hours}


def mark(request: HttpRequest, response: HttpResponseBase) -> None:
    """Also forms that are shown again, for which allauth answers 200."""
    seconds = getattr(request, _WAIT, None)
    if seconds is not None and response.status_code in (200, 422, 429):
        response.status_code = 429
        response["Retry-After"] = str(seconds)
