"""Each request has a name: of whoever handed it on, or of ours; answers say it, and lines of the log."""

import re
import threading
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from audit.models import Entry
from myproject.access import AccessMiddleware
from myproject.log_fields import known, of_request

OURS = re.compile(r"[0-9a-f]{32}")
UUID = "8c2b3c1e-9a54-4a7e-9f0a-0f6a3a5d1b11"


@pytest.mark.parametrize("given", [UUID, "a" * 8, "a" * 64, "Root.1-67891233_x"])
def test_a_well_formed_one_is_kept(given: str) -> None:
    assert Client().get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    [
        "", "a" * 7, "a" * 65, "a" * 10_000, "abcdefgh\r\nSet-Cookie: a=b", "abcdefgh\n", "abcdefgh ünï",
        "١٢٣٤٥٦٧٨", 'abcdefgh"}', "abcdefgh,abcdefgh", "jane@example.org", "../../../etc", "-abcdefgh",
        "abcdefgh\x00",
    ],
)  # fmt: skip
def test_what_could_do_harm_is_replaced(given: str) -> None:
    answer = Client().get("/healthz", headers={"X-Request-ID": given})
    assert OURS.fullmatch(answer["X-Request-ID"])


def test_refusals_have_one_too() -> None:
    assert OURS.fullmatch(Client().get("/nowhere/")["X-Request-ID"])
    assert OURS.fullmatch(Client().get("/healthz", headers={"Host": "…"})["X-Request-ID"])


def test_it_is_known_while_the_request_is_served_and_no_longer(rf: RequestFactory) -> None:
    """In many threads at once, also to what is made while it is being sent, and to no thread of others."""
    both = threading.Barrier(2)
    seen: dict[str, list[object]] = {"request-a": [], "request-b": []}

    def name() -> object:
        return of_request(known()["request"])["request_id"] if known() else None

    def view(request: HttpRequest) -> StreamingHttpResponse:
        asked = request.headers["X-Request-ID"]
        both.wait(30)
        seen[asked].append(name())
        elsewhere = threading.Thread(target=lambda: seen[asked].append(name()))
        elsewhere.start()
        elsewhere.join()
        return StreamingHttpResponse(chunks(asked))

    def chunks(asked: str) -> Iterator[str]:
        for _each in range(2):
            both.wait(30)
            seen[asked].append(name())
            yield "x"

    def serve(asked: str) -> None:
        response = AccessMiddleware(view)(rf.get("/", headers={"X-Request-ID": asked}))
        for _chunk in response:
            seen[asked].append(name())

    threads = [threading.Thread(target=serve, args=(asked,)) for asked in seen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {asked: [asked, None, asked, None, asked, None] for asked in seen}


def test_a_view_that_fails_leaves_nothing_behind(rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        AccessMiddleware(view)(rf.get("/"))
    assert known() == {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept"), [(UUID, UUID.replace("-", "")), ("called-by-words", None)], ids=["uuid", "words"]
)
def test_the_audit_log_calls_the_request_by_the_same_name(alice: User, given: str, kept: str | None) -> None:
    Client(headers={"X-Request-ID": given}).post("/accounts/login/", {"login": "alice", "password": "wrong"})
    number = Entry.objects.latest("pk").request_id
    assert number == kept if kept else OURS.fullmatch(number)
