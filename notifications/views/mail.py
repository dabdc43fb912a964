"""For staff: every mail of the site, to be looked at. Nothing is sent, and nobody else's rows are shown."""

import re
from collections.abc import Callable
from email.header import decode_header, make_header
from html import unescape
from typing import Any, cast

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.html import strip_tags
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from ..composing.previews import Preview, all_previews, find, preview
from .requests import SignedInRequest

WIDTHS = (320, 600)
_PREHEADER = re.compile(r'<div class="preheader"[^>]*>(.*?)</div>', re.DOTALL)
# The frame is a document of its own: it may have the styles of a mail, and nothing else.
_FRAME = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": []}
View = Callable[..., HttpResponse]


def may_be_framed(view: View) -> View:
    framed: Any = csp(_FRAME)(view)  # its view may take more than a request
    return cast(View, xframe_options_sameorigin(framed))


def frame_of(message: EmailMultiAlternatives) -> HttpResponse:
    """Its HTML, for a frame. Links would leave it, which its sandbox forbids: then nothing happens."""
    return HttpResponse(_html(message).replace("<head>", '<head><base target="_blank">', 1))


@require_safe
@login_required
def all_mails(request: SignedInRequest) -> HttpResponse:
    _check(request)
    return render(request, "notifications/mails.html", {"previews": all_previews()})


@require_safe
@login_required
def show_mail(request: SignedInRequest, name: str) -> HttpResponse:
    found, choice, message = _asked(request, name)
    context = {
        "preview": found,
        "message": message,
        "headers": _headers(message),
        "preheader": _preheader(message),
        "widths": WIDTHS,
        "languages": settings.LANGUAGES,
        "query": request.GET.urlencode(),
        **choice,
    }
    return render(request, "notifications/mail.html", context)


@require_safe
@may_be_framed
@login_required
def mail_frame(request: SignedInRequest, name: str) -> HttpResponse:
    _found, _choice, message = _asked(request, name)
    return frame_of(message)


def _asked(request: SignedInRequest, name: str) -> tuple[Preview, dict[str, Any], EmailMultiAlternatives]:
    _check(request)
    found = find(name)
    if found is None:
        raise Http404
    language = request.GET.get("language", "")
    choice: dict[str, Any] = {
        "language": language if language in dict(settings.LANGUAGES) else str(get_language()),
        "from_row": "example" not in request.GET,
        "kept": "kept" in request.GET,
    }
    return found, choice, preview(found, request.user, **choice)


def _check(request: SignedInRequest) -> None:
    if not request.user.is_staff:
        raise PermissionDenied


def _headers(message: EmailMultiAlternatives) -> list[tuple[str, str]]:
    """As a mail program shows them; without those of the envelope's form."""
    return [
        (name, str(make_header(decode_header(str(value)))))
        for name, value in message.message().items()
        if name not in ("Content-Type", "MIME-Version")
    ]


def _preheader(message: EmailMultiAlternatives) -> str:
    found = _PREHEADER.search(_html(message))
    words = unescape(strip_tags(found[1])) if found else ""
    return " ".join(words.replace("\u034f", "").replace("\u200c", "").split())


def _html(message: EmailMultiAlternatives) -> str:
    [(html, _type)] = message.alternatives
    return str(html)
