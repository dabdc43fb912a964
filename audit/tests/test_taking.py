"""The log in the administration: taken as a file, and who signed in."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

import audit
from accounts.models import User
from audit.models import Entry
from audit.signing_in import figures
from conftest import PASSWORD, Browse

pytestmark = pytest.mark.django_db
EXPORT = "/admin/audit/entry/export/"


@pytest.fixture
def keeper(alice: User) -> User:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    return alice


def lines(client: Client, query: str, kind: str) -> list[str]:
    response = client.post(f"{EXPORT}?{query}", {"as": kind})
    assert response.status_code == 200
    return str(response.getvalue().decode()).splitlines()


def test_what_was_searched_is_a_file_and_that_it_was_taken_is_a_row(
    keeper: User, bob: User, browse: Browse
) -> None:
    client = browse(keeper)
    audit.record(audit.SIGN_OUT, actor=bob, target=("thing", 7, "=1+1"), number=3)
    audit.record(audit.SIGN_IN, actor=None, target=bob, outcome=audit.REFUSED, reason="credentials")
    [row] = csv.DictReader(lines(client, "action=sign_out", "csv"))
    assert (row["actor_id"], row["target_label"], row["metadata"]) == (str(bob.pk), "'=1+1", '{"number": 3}')
    taken = Entry.objects.latest("pk")
    assert (taken.action, taken.actor_id) == ("audit_exported", keeper.pk)
    assert taken.metadata is not None
    assert (taken.metadata["search"], taken.metadata["format"]) == ("action=sign_out", "csv")
    [one] = map(json.loads, lines(client, "outcome=refused", "json"))
    assert (one["reason"], one["metadata"]) == ("credentials", {})


def test_only_who_may_read_the_log_takes_it(bob: User, keeper: User, browse: Browse) -> None:
    bob.is_staff = True
    bob.save()
    assert browse(bob).post(EXPORT, {"as": "csv"}).status_code == 403
    assert browse(bob).get("/admin/audit/entry/sign-ins/").status_code == 403
    assert browse(keeper).get(EXPORT).status_code == 405
    assert browse(keeper).post(EXPORT, {"as": "exe"}).status_code == 400
    assert not Entry.objects.filter(action="audit_exported").exists()


@pytest.mark.both_databases
def test_who_came_in_and_who_was_refused_day_by_day(
    keeper: User, bob: User, browse: Browse, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    for address in ("203.0.113.9", "203.0.113.77", "2001:db8::1"):
        client = Client(REMOTE_ADDR=address)
        client.post("/accounts/login/", {"login": bob.email, "password": "wrong-wrong-wrong"})
    client.post("/accounts/login/", {"login": bob.email, "password": PASSWORD})
    found = figures(timezone.now())
    [day] = found.days
    assert (day.done, day.people, day.refused, dict(day.reasons)) == (1, 1, 3, {"credentials": 3})
    assert found.blocks == [("203.0.113.0/24", 2), ("2001:db8::/64", 1)]
    assert count_queries(lambda: figures(timezone.now())) == 3
    assert figures(timezone.now() + timedelta(days=40)).days == []
    assert "203.0.113.0/24" in browse(keeper).get("/admin/audit/entry/sign-ins/").content.decode()
