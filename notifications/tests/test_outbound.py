"""Nothing that somebody else names leads into the house, and no far end keeps us for long."""

import socket
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import Settings

from notifications.channels import outbound, resolving
from notifications.channels.outbound import ForbiddenError, NoAnswerError, NotSentError, Reply, post
from testing.http_server import FarEnd, babbles, drips, hangs, hangs_up, pours

INSIDE = [
    "127.0.0.1", "127.8.9.10", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "fe80::1", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "64:ff9b::7f00:1",
    "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:1::1", "2001::1", "2001:db8::1", "100::1",
    "3fff::1", "192.88.99.1",
]  # fmt: skip
WRITTEN = [
    "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
    "https://127.1/", "https://0/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/", "https://localhost/", "https://LOCALHOST./", "https://10.1/",
    "https://169.254.169.254/latest/meta-data/", "https://user@127.0.0.1/", "https://fcm.googleapis.com@127.0.0.1/",
    "https://127.0.0.1:443#@fcm.googleapis.com/", "https://①②⑦.⓪.⓪.①/", "https://127。0。0。1/",
]  # fmt: skip
NO_ADDRESS = [
    "", "nonsense", "//127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "https://",
    "https:///path", "https://[::1", "https://a:99999/", "https://a b/", "https://a/\r\nX: y", "https://a/\x00",
    "javascript:alert(1)", "https://" + "a" * 70 + ".example/",
]  # fmt: skip
PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "2a00:1450:4001::200e", "64:ff9b::808:808"]


@pytest.fixture
def nobody_is_reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    reached: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: reached.append(address))
    return reached


def send(url: str, seconds: float = 5.0) -> Reply:
    return post(url, body=b"{}", headers={}, seconds=seconds)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_reached(address: str) -> None:
    assert not outbound.may_reach(address, is_usual=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_reached_in_the_usual_way_alone(address: str) -> None:
    assert outbound.may_reach(address, is_usual=True)
    assert not outbound.may_reach(address, is_usual=False)


@pytest.mark.parametrize("url", [*WRITTEN, *NO_ADDRESS])
def test_however_it_is_written(url: str, nobody_is_reached: list[Any]) -> None:
    with pytest.raises((ForbiddenError, NotSentError)):
        send(url)
    assert nobody_is_reached == []


@pytest.mark.parametrize(
    "url", ["http://example.org/", "https://example.org:8443/", "https://example.org:22/"]
)
def test_only_https_on_its_own_port(
    url: str, nobody_is_reached: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [entry("93.184.215.14")])
    with pytest.raises(ForbiddenError):
        send(url)
    assert nobody_is_reached == []


def entry(address: str) -> Any:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))


def test_a_name_that_answers_differently_the_second_time_gains_nothing(
    nobody_is_reached: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([[entry("93.184.215.14")], [entry("127.0.0.1")]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: next(answers))
    with pytest.raises(NotSentError):  # there is no TLS in a socket that is not connected
        send("https://rebinding.example/")
    assert nobody_is_reached == [("93.184.215.14", 443)]


def test_of_several_addresses_only_those_outside_are_tried(
    nobody_is_reached: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [entry("127.0.0.1"), entry("8.8.8.8"), entry("10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(NotSentError):
        send("https://mixed.example/")
    assert nobody_is_reached == [("8.8.8.8", 443)]


def test_a_network_of_the_settings_is_reached_and_no_other(far_end: FarEnd, settings: Settings) -> None:
    assert send(far_end.url).status == 201
    settings.OUTBOUND_MAY_REACH = ["127.0.0.2/32"]
    with pytest.raises(ForbiddenError):
        send(far_end.url)
    assert len(far_end.requests) == 1


def test_a_redirect_is_an_answer(far_end: FarEnd) -> None:
    far_end.will((302, {"Location": f"{far_end.url}/elsewhere"}))
    assert send(far_end.url).status == 302
    assert [request.path for request in far_end.requests] == ["/"]


def test_of_a_body_a_beginning_is_read(far_end: FarEnd) -> None:
    far_end.will(pours)
    reply = send(far_end.url)
    assert (reply.status, len(reply.body)) == (201, 65536)
    assert far_end.poured < 20_000_000  # what fits between two sockets


@pytest.mark.parametrize("misdeed", [hangs, hangs_up, drips, babbles])
def test_what_was_handed_over_without_an_answer_is_said(far_end: FarEnd, misdeed: Any) -> None:
    far_end.will(misdeed)
    with pytest.raises(NoAnswerError):
        send(far_end.url, seconds=0.3)


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, hangs = [], threading.Event()

    def resolver(*args: Any, **kwargs: Any) -> list[Any]:
        asked.append(args)
        hangs.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    monkeypatch.setattr(resolving, "_places", threading.BoundedSemaphore(2))
    try:
        for _each in range(4):
            with pytest.raises(NotSentError, match="TimeoutError"):
                send("https://silent.example/", seconds=0.05)
        assert len(asked) == 2  # no thread more for each that is asked meanwhile
    finally:
        hangs.set()


def test_nobody_there_is_something_else(far_end: FarEnd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotSentError):
        send(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120), ("0", 0), ("99999999999", 86400), ("-5", 0), ("soon", 0), ("", 0), ("１２", 0),
        ("Wed, 25 Nov 2026 10:01:00 GMT", 60), ("Wed, 25 Nov 2026 09:00:00 GMT", 0),
    ],
)  # fmt: skip
def test_how_long_to_wait_is_understood(said: str, seconds: int) -> None:
    now = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
    assert Reply(429, {"retry-after": said}, b"").wait_seconds(now) == seconds
