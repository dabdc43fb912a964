"""The search of the log: what a word may mean, and that it is found by an index."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import RequestFactory

import audit
from accounts.models import User
from audit.models import Entry
from audit.searching import called, search
from conftest import Browse

pytestmark = pytest.mark.django_db
SCANS = ("Seq Scan on audit_entry", "SCAN audit_entry")


def found(asked: str) -> set[str]:
    return {str(entry.metadata["note"]) for entry in search(Entry.objects.all(), asked) if entry.metadata}


@pytest.fixture
def _log(alice: User, bob: User) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="2001:db8::1")
    audit.record(audit.SIGN_IN, actor=alice, request=request, note="from afar")
    audit.record(audit.SIGN_OUT, actor=bob, target=("group", 77, "Early birds"), note="of a group")
    audit.record(audit.SIGN_OUT, actor=alice, target=bob, note="to bob")


@pytest.mark.usefixtures("_log")
def test_a_word_is_a_number_an_address_a_person_an_action_or_a_kind(alice: User, bob: User) -> None:
    assert found("77") == found("group") == found("group 77") == {"of a group"}
    assert found("2001:0db8:0::1") == {"from afar"}
    assert found(f"@{bob.username.upper()}") == found(bob.email) == found("bo") == {"of a group", "to bob"}
    assert found("sign_in") == {"from afar"}
    assert found(f"{alice.username} sign_out") == {"to bob"}
    assert found("birds") == found("77 sign_in") == found(str(2**80)) == found("4\x0077") == set()
    assert found("text:early") == {"of a group"}


@pytest.mark.both_databases
@pytest.mark.usefixtures("_log")
@pytest.mark.parametrize("asked", ["77", "203.0.113.9", "bob", "sign_in", "0123456789abcdef"])
def test_an_index_leads_to_it(asked: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a table of three rows is read whole unless that is forbidden
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(
                "SET LOCAL enable_indexscan = off"
            )  # by the number of the row, until something fits
    people = called(asked).values("pk").explain()
    assert not any(scan in people for scan in ("Seq Scan on accounts_user", "SCAN accounts_user")), people
    plan = search(Entry.objects.order_by("-pk"), asked).explain()
    assert not any(scan in plan for scan in SCANS), plan
    assert "audit_entry_" in plan


@pytest.mark.usefixtures("_log")
def test_a_page_of_a_search_takes_as_many_questions_whatever_it_finds(
    alice: User, bob: User, browse: Browse, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client = browse(alice)

    def look() -> None:
        assert "Early birds" in client.get("/admin/audit/entry/?q=bob").content.decode()

    look()
    before = count_queries(look)
    for number in range(20):
        audit.record(audit.SIGN_OUT, actor=bob, target=("group", number, "Another"))
    assert count_queries(look) == before
