"""What is recorded of what people do, with whom, where and by what; and that nothing else is."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group as RightsGroup
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from rest_framework.test import APIClient

import audit
from accounts.models import User
from audit import chain, guards
from audit.models import Entry
from audit.requests import ServedRequestMiddleware
from audit.writing import what_of, who_of
from community import actions
from community.models import Group, Post
from conftest import PASSWORD, Browse
from notifications.models import Event

pytestmark = pytest.mark.django_db
SIGN_IN = "/accounts/login/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def told() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("pk").values_list("action", "outcome"))


def latest() -> Entry:
    return Entry.objects.latest("pk")


def test_signing_in_says_who_when_from_where_and_in_what(alice: User) -> None:
    client = Client(REMOTE_ADDR="203.0.113.9", headers={"user-agent": FIREFOX})
    client.post(SIGN_IN, {"login": "alice", "password": PASSWORD})
    entry = latest()
    assert (entry.action, entry.outcome, entry.actor_id) == ("sign_in", "done", alice.pk)
    assert (entry.actor_name, entry.address, entry.agent) == ("Alice (@alice)", "203.0.113.9", FIREFOX)
    assert (entry.target_type, entry.target_id) == ("user", str(alice.pk))
    assert entry.metadata == {"by": ["password"]}
    assert entry.request_id


def test_a_refused_sign_in_names_the_account_and_proves_nobody(alice: User) -> None:
    Client().post(SIGN_IN, {"login": "ALICE@example.com", "password": "wrong-wrong-wrong"})
    entry = latest()
    assert (entry.action, entry.outcome, entry.reason) == ("sign_in", "refused", "credentials")
    assert entry.actor_id is None
    assert (entry.target_type, entry.target_id) == ("user", str(alice.pk))


def test_what_names_no_account_is_kept_as_a_mark_alone(db: None) -> None:
    for name in ("hunter2-my-password", "Hunter2-my-password", "another"):
        Client().post(SIGN_IN, {"login": name, "password": "wrong-wrong-wrong"})
    rows = list(Entry.objects.order_by("pk").values())
    assert "hunter2" not in str(rows).lower()
    marks = [(row["metadata"] or {})["tried"] for row in rows]
    assert marks[0] == marks[1] != marks[2]


def test_the_api_records_the_same(alice: User) -> None:
    client = APIClient()
    wrong = {"email": alice.email, "password": "wrong-wrong-wrong"}
    client.post("/api/auth/signin", wrong, format="json")
    token = client.post("/api/auth/signin", wrong | {"password": PASSWORD}, format="json").json()["token"]
    client.post("/api/auth/signout", headers={"authorization": f"Bearer {token}"})
    assert told() == [("sign_in", "refused"), ("sign_in", "done"), ("sign_out", "done")]
    assert set(Entry.objects.values_list("target_id", flat=True)) == {str(alice.pk)}
    assert token not in str(list(Entry.objects.values()))


def test_signing_up_and_out_in_the_browser(db: None) -> None:
    client = Client()
    fields = {"name": "Dora", "email": "dora@example.com", "password1": PASSWORD}
    client.post("/accounts/signup/", fields)
    link = next(word for word in str(mail.outbox[0].body).split() if "/confirm-email/" in word)
    client.post(link[link.index("/accounts/") :])
    client.post("/accounts/logout/")
    ways = [action for action, outcome in told() if outcome == "done"]
    assert (ways[0], ways[-2:]) == ("sign_up", ["sign_in", "sign_out"])
    assert "email_changed" not in ways


def test_a_changed_password(alice: User, browse: Browse) -> None:
    client = browse(alice)
    new = "another-horse-battery"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert told()[1:] == [("password_changed", "done")]
    assert new not in str(list(Entry.objects.values()))


def test_a_password_that_was_forgotten(alice: User) -> None:
    Client().post("/accounts/password/reset/", {"email": alice.email})
    body = str(mail.outbox[0].body)
    link = next(word for word in body.split() if "/password/reset/key/" in word)
    client = Client()
    page = client.get(link[link.index("/accounts/") :], follow=True)
    client.post(page.request["PATH_INFO"], {"password1": "another-horse", "password2": "another-horse"})
    assert ("password_reset", "done") in told()


def test_the_administration_is_recorded_with_what_was_changed_and_no_value(
    alice: User, bob: User, browse: Browse
) -> None:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client = browse(alice)
    client.post("/admin/auth/group/add/", {"name": "Keepers"})
    added = latest()
    assert (added.action, added.actor_id, added.target_type) == ("admin_added", alice.pk, "group")
    assert added.target_label == "Keepers"
    client.post(f"/admin/auth/group/{added.target_id}/change/", {"name": "Watchers"})
    assert (latest().action, latest().metadata) == ("admin_changed", {"fields": ["Name"]})
    client.post(f"/admin/auth/group/{added.target_id}/delete/", {"post": "yes"})
    assert (latest().action, latest().target_label) == ("admin_deleted", "Watchers")


def test_deleting_several_at_once_names_each(alice: User, browse: Browse) -> None:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    client = browse(alice)
    groups = [RightsGroup.objects.create(name=name) for name in ("Keepers", "Watchers")]
    client.post(
        "/admin/auth/group/",
        {"action": "delete_selected", "_selected_action": [group.pk for group in groups], "post": "yes"},
    )
    assert not RightsGroup.objects.exists()
    rows = Entry.objects.filter(action="admin_deleted")
    assert {(row.target_label, row.target_id) for row in rows} == {
        (group.name, str(group.pk)) for group in groups
    }


def test_what_staff_do_by_hand_to_events(alice: User, bob: User, post: Post, browse: Browse) -> None:
    actions.react(bob, post)
    alice.is_staff = alice.is_superuser = True
    alice.save()
    event = Event.objects.get(kind="LIKE")
    Event.objects.filter(pk=event.pk).update(state=Event.State.DEAD)
    chosen = {"action": "discard", "_selected_action": [event.pk]}
    client = browse(alice)
    client.post("/admin/notifications/event/", chosen)
    assert latest().action == "sign_in"  # asked, not done
    client.post("/admin/notifications/event/", chosen | {"sure": "1", "why": "Old news."})
    entry = latest()
    assert (entry.action, entry.reason, entry.target_type) == ("admin_operated", "discard", "event")
    assert entry.metadata is not None
    assert (entry.metadata["ids"], entry.metadata["words"]) == ([str(event.pk)], "Old news.")


def test_a_role_that_was_given(alice: User, bob: User, group: Group) -> None:
    actions.set_role(alice, group.memberships.get(user=bob), "moderator")
    entry = latest()
    assert (entry.action, entry.actor_id) == ("role_given", alice.pk)
    assert (entry.target_type, entry.target_id) == ("user", str(bob.pk))
    assert entry.metadata == {"role": "moderator", "group": group.pk}


def test_what_the_community_does_all_day_is_not_recorded(alice: User, bob: User, post: Post) -> None:
    actions.react(bob, post)
    actions.comment(bob, post, "Thank you.")
    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_a_refused_attempt_outlives_the_transaction_around_it(alice: User) -> None:
    def refuse(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            audit.record(audit.SIGN_IN, actor=None, target=alice, outcome=audit.REFUSED, reason="code")
            audit.record(audit.SIGN_OUT, actor=alice, target=alice)
            raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        ServedRequestMiddleware(refuse)(HttpRequest())
    assert told() == [("sign_in", "refused")]


@pytest.mark.parametrize(
    "metadata", [{"password": "x"}, {"new_token": "x"}, {"otp": "1"}, {"x" * 41: 1}, {"Über": 1}]
)
def test_no_detail_has_the_name_of_a_secret(alice: User, metadata: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no name for a detail"):
        audit.record(audit.SIGN_OUT, actor=alice, **metadata)


def test_details_are_bounded_and_clean(alice: User) -> None:
    many: dict[str, Any] = {f"a{'b' * n}": n for n in range(21)}
    with pytest.raises(ValueError, match="details"):
        audit.record(audit.SIGN_OUT, actor=alice, **many)
    nasty: dict[str, Any] = {
        "long": "x" * 10_000,
        "many": list(range(99)),
        "lines": "a\x00\n\u2028b\ud800",
        "deep": {"a": 1},
    }
    audit.record(audit.SIGN_OUT, actor=alice, target=("thing", 10**30, "y" * 9000), big=2**80, **nasty)
    entry = latest()
    assert entry.metadata is not None
    assert len(entry.metadata["long"]) == 200
    assert len(entry.metadata["many"]) == 20
    assert entry.metadata["lines"] == "a b?"
    assert len(entry.target_label or "") == 150
    assert len(json.dumps(entry.metadata)) < 20 * 20 * 200


@pytest.mark.both_databases
def test_a_row_read_again_proves_itself(alice: User) -> None:
    audit.record(audit.SIGN_OUT, actor=alice, target=alice, names=["ü", "😀"], number=3, is_new=True)
    entry = latest()
    assert bytes(entry.mac) == chain.mac(chain.signing_keys()[0], entry.statement())
    assert entry.who_salt is not None
    assert entry.what_salt is not None
    assert bytes(entry.who_digest) == chain.commitment(bytes(entry.who_salt), who_of(entry))
    assert bytes(entry.what_digest) == chain.commitment(bytes(entry.what_salt), what_of(entry))


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "change",
    [
        {"action": "sign_in"},
        {"outcome": "refused"},
        {"actor_id": None},
        {"actor_name": "Bob"},
        {"actor_name": None},  # without its salt: half forgotten
        {"metadata": {"a": 2}},
        {"mac": b"x"},
        {"position": 1},  # without its digest
        {"digest": b"x"},
    ],
    ids=str,
)
def test_the_database_refuses_every_change(alice: User, change: dict[str, Any]) -> None:
    audit.record(audit.SIGN_OUT, actor=alice, target=alice)
    with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic():
        Entry.objects.update(**change)


@pytest.mark.both_databases
def test_the_database_refuses_to_delete(alice: User) -> None:
    audit.record(audit.SIGN_OUT, actor=alice, target=alice)
    with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic():
        Entry.objects.all().delete()
    if connection.vendor == "postgresql":
        with (
            pytest.raises(IntegrityError, match=guards.REFUSAL),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("TRUNCATE audit_entry")
    assert Entry.objects.count() == 1
    assert guards.missing(connection) == set()


def test_signing_in_costs_one_insert(
    alice: User, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    writes = count_queries(lambda: audit.record(audit.SIGN_OUT, actor=alice, target=alice, by="hand"))
    assert writes == 1
