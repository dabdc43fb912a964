"""Whatever `next` names, one is led to a page of this site: also where it is disguised as one.

`test_authorisation_matrix.py` names another site to every address there is; here those that heed `next` meet
every disguise. By default each meets a part of them; CHAOS=full: all.
"""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from community.models import Group, Post
from conftest import PASSWORD
from web.returning import safe_next

from .elsewhere import OTHER, PAYLOADS, leads_away
from .shares import share

pytestmark = pytest.mark.django_db
PARTS = 12
Browse = Callable[[User], Client]

SIGN_UP = {"name": "New", "email": "new@example.com", "password1": PASSWORD}
OPEN = [
    ("/accounts/login/", {"login": "alice", "password": PASSWORD}),
    ("/accounts/signup/", SIGN_UP),
    ("/accounts/password/reset/", {"email": "alice@example.com"}),
    ("/accounts/login/code/", {"to": "alice@example.com"}),
    ("/theme/", {"theme": "dark"}),
]
SIGNED_IN = [
    ("/accounts/login/", None),
    ("/accounts/signup/", None),
    ("/accounts/logout/", {}),
    ("/accounts/reauthenticate/", {"password": PASSWORD}),
    ("/posts/{post}/reactions/", {"add": "love"}),
    ("/posts/{post}/bookmark/", {"add": "1"}),
    ("/posts/{post}/watch/", {"level": "muted"}),
    ("/groups/{group}/join/", {}),
    ("/u/bob/block/", {"block": "1"}),
    ("/newsletter/choose/", {"wanted": "1"}),
    ("/notifications/resume-mail/", {}),
]  # fmt: skip


def test_there_are_enough_of_them_and_each_by_itself_would_be_told_from_a_page_of_ours() -> None:
    assert len(set(PAYLOADS)) >= 60
    assert sum(map(leads_away, PAYLOADS)) >= 55
    assert not any(map(leads_away, ["/", "", "/groups/?page=2#x", "?x", "http://testserver/", "groups//x"]))


def test_no_disguise_is_taken_for_a_page_of_ours(rf: RequestFactory) -> None:
    for payload in PAYLOADS:
        for is_secure in (False, True):
            for send in (rf.get, rf.post):
                request = send("/", {"next": payload}, secure=is_secure)
                assert not leads_away(safe_next(request, "/"), is_secure=is_secure), payload


@pytest.mark.parametrize(("path", "body"), OPEN)
def test_no_visitor_is_led_away(alice: User, path: str, body: dict[str, str]) -> None:
    leads_nowhere_else(Client, path, body)


@pytest.mark.parametrize(("path", "body"), SIGNED_IN)
def test_no_member_is_led_away(
    browse: Browse, alice: User, bob: User, post: Post, group: Group, path: str, body: dict[str, str] | None
) -> None:
    address = path.format(post=post.pk, group=group.slug)
    leads_nowhere_else(lambda: browse(alice), address, body)


def leads_nowhere_else(browser: Callable[[], Client], path: str, body: dict[str, str] | None) -> None:
    """In the address and in the form by turns, under each name that is in use somewhere. No body: a visit."""
    for number, payload in enumerate(share(PAYLOADS, path, of=PARTS)):
        named = dict.fromkeys(("next", "redirect_to", "redirect", "url", "back"), payload)
        with transaction.atomic():
            client = browser()
            if body is None:
                answer: Any = client.get(path, named)
            elif number % 2:
                answer = client.post(path, body | named)
            else:
                answer = client.post(path, body, query_params=named)
            transaction.set_rollback(True)
        assert answer.status_code in {200, 302, 303}, (payload, answer.status_code)
        stays_here(answer, payload)
    if body is not None and path.startswith("/accounts/"):
        keeps_here(browser(), path, payload)


def stays_here(answer: HttpResponse, payload: str) -> None:
    for name in ("Location", "HX-Redirect", "HX-Location", "Refresh"):
        assert not leads_away(answer.headers.get(name, "")), (payload, answer.headers[name])


def keeps_here(client: Client, path: str, payload: str) -> None:
    """The form that keeps `next` for later is no way out either, nor is any link beside it."""
    page = client.get(path, {"next": payload}).content.decode()
    for address in re.findall(r'(?:href|action|formaction)="([^"]*)"', page):
        assert not leads_away(unescape(address)), (payload, address)
    assert f'"{OTHER}' not in page
