"""Who may open the stream, by what, how many, and when it is closed again."""

import http.client
import socket

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from community.models import Post
from conftest import MakeUser
from notifications.realtime import tickets
from notifications.realtime.credentials import Credential
from notifications.realtime.revisions import Snapshot
from testing.site import Site
from testing.streams import PATIENCE_SECONDS, StreamClient
from tests.headers import faults

from .stream_scene import PER_PERSON, Listener, all_of, metric, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases, pytest.mark.engine]


@pytest.fixture
def ana(served: Site, alice: User) -> Listener:
    return Listener(served, alice)


def status(site: Site, headers: dict[str, str], **options: str) -> int:
    with StreamClient(site.port, headers, **options) as stream:  # type: ignore[arg-type] # paths and methods
        return stream.answer()


def test_by_session_by_token_and_by_ticket(served: Site, ana: Listener) -> None:
    assert status(served, ana.cookie) == 200
    assert status(served, ana.bearer) == 200
    assert status(served, {}, path=f"/api/notifications/stream/?ticket={ana.ticket()}") == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cookie": f"{settings.SESSION_COOKIE_NAME}=nonsense"},
        {"Cookie": f"{settings.SESSION_COOKIE_NAME}={'x' * 5000}"},
        {"Cookie": "\xff\xfe=;;;"},
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer \xe9"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YTpi"},
    ],
)
def test_nobody_is_401_in_json(served: Site, headers: dict[str, str]) -> None:
    with StreamClient(served.port, headers) as stream:
        assert stream.answer() == 401
        assert stream.headers["content-type"] == "application/json"
        assert stream.body()["detail"]


def test_opened_or_refused_it_says_its_request_id(served: Site, ana: Listener) -> None:
    for headers in ({}, ana.cookie):
        for given, kept in (("of-a-proxy", True), ("x", False), ("a" * 10_000, False)):
            with StreamClient(served.port, {**headers, "X-Request-ID": given}) as stream:
                assert (stream.answer(), bool(headers)) in ((200, True), (401, False))
                assert (stream.headers["x-request-id"] == given) == kept


def test_what_has_ended_opens_nothing(served: Site, ana: Listener) -> None:
    ticket = f"/api/notifications/stream?ticket={ana.ticket()}"
    Session.objects.all().delete()
    ana.token_row.delete()
    assert status(served, ana.cookie) == 401
    assert status(served, ana.bearer) == 401
    with StreamClient(served.port, {}, path=ticket) as stream:  # its second look comes at once
        assert stream.is_ended()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_it_is_only_read(served: Site, ana: Listener, method: str) -> None:
    assert status(served, ana.bearer, method=method) == 405


def test_its_answers_keep_a_browser_as_safe_as_pages_do_and_so_does_what_is_no_websocket(
    collected_files: None, served: Site, ana: Listener
) -> None:
    upgrade = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "c2l4dGVlbiBieXRlcyBvaw==",
    }  # fmt: skip
    stream = "/api/notifications/stream"
    for path, headers, wanted in (
        (stream, {}, 401), (stream, ana.cookie, 200), (stream, {"Host": "elsewhere.example"}, 400),
        (stream, ana.cookie | {"Origin": "https://elsewhere.example"}, 403), (stream, upgrade, 401),
        ("/api/nothing", upgrade, 401), ("/no/such/page/", upgrade, 404),
    ):  # fmt: skip
        talk = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE_SECONDS)
        talk.request("GET", path, headers=headers)
        answer = talk.getresponse()
        assert answer.status == wanted, path
        assert faults(answer, path) == []
        talk.close()


def test_what_is_no_http_is_answered_by_the_server_in_words_of_its_own_alone(served: Site) -> None:
    """No middleware sees it. No browser can send it either, and nothing of it comes back."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_SECONDS) as talk:
        talk.sendall(b"<script>alert(1)</script>\r\n\r\n")
        head, _blank, body = b"".join(iter(lambda: talk.recv(4096), b"")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: text/plain" in head
    assert body == b"Invalid HTTP request received."


def test_a_page_of_another_site_gets_nothing_by_the_cookie(served: Site, ana: Listener) -> None:
    here = f"http://localhost:{served.port}"
    for foreign in (
        {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Origin": f"{here}.elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    ):  # fmt: skip
        assert status(served, ana.cookie | foreign) == 403, foreign
    assert status(served, ana.cookie | {"Origin": here, "Sec-Fetch-Site": "same-origin"}) == 200
    assert status(served, ana.cookie | {"Host": "elsewhere.example"}) == 400


def test_a_ticket_is_good_once_and_for_a_minute(served: Site, ana: Listener, alice: User) -> None:
    path = f"/api/notifications/stream?ticket={ana.ticket()}"
    assert [status(served, {}, path=path) for _ in range(2)] == [200, 401]
    assert status(served, {}, path=path[:-1]) == 401
    assert status(served, {}, path="/api/notifications/stream?ticket=" + "a" * 10_000) == 401

    credential = Credential(alice.pk, ana.session, "", b"12345678")
    with time_machine.travel("2026-01-01T12:00:00Z") as traveller:
        ticket = tickets.issue(credential, unread_count=3, snapshot=Snapshot(9, (4, 7)))
        read = tickets.read(ticket)
        assert read is not None
        assert (read.credential, read.unread_count, read.cursor.seen) == (credential, 3, Snapshot(9, (4, 7)))
        assert ana.session not in ticket
        traveller.shift(61)
        assert tickets.read(ticket) is None


def test_signing_out_closes_what_it_opened_at_once(ana: Listener, bob: User, post: Post) -> None:
    with ana.listen() as by_token, StreamClient(ana.site.port, ana.cookie) as by_session:
        for stream in (by_token, by_session):
            next(stream.events())
        ana.ask("POST", "/api/auth/signout")
        assert by_token.is_ended()
        Listener(ana.site, bob).like(post.pk)
        assert by_session.next("notification").data["type"] == "LIKE"


def test_whatever_else_takes_the_right_away_closes_it(served: Site, make_user: MakeUser) -> None:
    """Written here, in another process, which the server does not hear: it asks by itself."""
    names = ("stays", "password", "deactivated", "signed out", "expired", "token revoked", "token expired")
    people = [Listener(served, make_user(name.replace(" ", "-"))) for name in names]
    stays, password, deactivated, signed_out, expired, revoked, token_expired = people
    by_token = (revoked, token_expired)
    headers = [each.bearer if each in by_token else each.cookie for each in people]
    with all_of([StreamClient(served.port, each) for each in headers]) as streams:
        for stream in streams:
            next(stream.events())
        password.user.set_password("another-horse")
        password.user.save()
        User.objects.filter(pk=deactivated.user.pk).update(is_active=False)
        Session.objects.filter(pk=signed_out.session).delete()
        Session.objects.filter(pk=expired.session).update(expire_date=timezone.now())
        revoked.token_row.delete()
        AuthToken.objects.filter(pk=token_expired.token_row.pk).update(expiry=timezone.now())
        assert [
            name for name, stream in zip(names[1:], streams[1:], strict=True) if not stream.is_ended()
        ] == []
        wait_for(lambda: metric(served, "belltower_streams_open") == 1)
    assert stays.user.is_active


def test_too_many_of_one_person_are_429(served: Site, ana: Listener) -> None:
    with all_of([ana.listen() for _ in range(PER_PERSON)]) as streams:
        for stream in streams:
            next(stream.events())
        with ana.listen() as one_more:
            assert one_more.answer() == 429
            assert int(one_more.headers["retry-after"]) > 0
            assert one_more.body()["detail"]
        streams.pop().close()
        wait_for(lambda: metric(served, "belltower_streams_open") == PER_PERSON - 1)
        assert status(served, ana.bearer) == 200
