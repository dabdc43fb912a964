"""What people read of their own account: plain, their own alone, and none of another's device."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

import audit
from accounts.models import User
from audit.models import Entry
from community.actions.groups import ROLE_GIVEN
from conftest import PASSWORD, Browse
from rights import history

pytestmark = pytest.mark.django_db
PAGE = "/accounts/security/history/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def seen(client: Client, query: str = "") -> str:
    return client.get(PAGE + query).content.decode()


def test_one_reads_where_one_signed_in_and_that_somebody_else_tried(alice: User) -> None:
    sign_in: Any = {"login": "alice", "password": "wrong-wrong-wrong"}
    Client(REMOTE_ADDR="198.51.100.7").post("/accounts/login/", sign_in)
    client = Client(REMOTE_ADDR="203.0.113.9", headers={"user-agent": FIREFOX})
    client.post("/accounts/login/", sign_in | {"password": PASSWORD})
    page = seen(client)
    tried, signed_in = page.index("Somebody tried to sign in as you"), page.index("You signed in.")
    assert signed_in < tried
    assert "Firefox on Linux" in page[signed_in:tried]
    assert "203.0.113.9" in page[signed_in:tried]
    assert "198.51.100.7" in page[tried:]
    assert "no-store" in client.get(PAGE)["Cache-Control"]


def test_nobody_reads_anothers_and_not_the_address_of_who_did_it_to_them(
    alice: User, bob: User, browse: Browse, rf: Any
) -> None:
    request = rf.get("/", REMOTE_ADDR="203.0.113.9", headers={"user-agent": FIREFOX})
    audit.record(ROLE_GIVEN, actor=alice, target=bob, request=request)
    audit.record(audit.PASSWORD_CHANGED, actor=alice, target=alice, request=request)
    told = seen(browse(bob))
    assert "Your role in a group was changed." in told
    assert "You changed your password." not in told
    assert "203.0.113.9" not in told
    assert "Your role in a group was changed." not in seen(browse(alice))


def test_it_goes_on_page_by_page_with_as_many_queries(
    alice: User, browse: Browse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(alice)
    for _number in range(history.PAGE_SIZE + 3):
        audit.record(audit.SIGN_OUT, actor=alice, target=alice)
    first, older = history.page_of(alice, "")
    with django_assert_num_queries(1):
        rest, none = history.page_of(alice, str(older))
    assert f'href="?before={older}"' in seen(client)
    assert none is None
    assert {row.pk for row in [*first, *rest]} == set(Entry.objects.values_list("pk", flat=True))
    assert len(first) == history.PAGE_SIZE
    for wrong in ("x", "-1", "9" * 30, "²"):
        assert history.page_of(alice, wrong)[0] == first


def test_the_api_says_the_same_page_by_page(alice: User, bob: User) -> None:
    audit.record(audit.SIGN_IN, actor=None, target=alice, outcome=audit.REFUSED, reason="credentials")
    audit.record(audit.PASSWORD_CHANGED, actor=alice, target=alice)
    audit.record(audit.PASSWORD_CHANGED, actor=bob, target=bob)
    client = APIClient()
    client.force_authenticate(alice)
    first = client.get("/api/users/me/history?limit=1").json()
    second = client.get(first["next"]).json()
    told = [(row["action"], row["outcome"]) for row in first["results"] + second["results"]]
    assert told == [("password_changed", "done"), ("sign_in", "refused")]
    assert second["results"][0]["sentence"] == "Somebody tried to sign in as you, and was refused."
    assert second["next"] is None
