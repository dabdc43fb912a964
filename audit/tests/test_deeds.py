"""What somebody did, out of the log and the Events, as one list by time."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

import audit
from accounts.models import User
from audit.deeds import PAGE, Deeds
from audit.models import Entry
from community.models import Post
from conftest import Browse
from notifications.inbox.paging import Place
from notifications.models import Event

pytestmark = pytest.mark.django_db
DEEDS = "/admin/audit/entry/deeds/"


def event(actor: User, number: int, at: datetime, recipient: User | None = None) -> Event:
    return Event.objects.create(
        kind="LIKE", key=f"LIKE:{actor.pk}:{number}", actor=actor, recipient=recipient, target_type="post",
        target_id=number, object_id=number, group_key=f"LIKE:post.{number}", created_at=at, state="done",
        ended_at=at,
    )  # fmt: skip


@pytest.fixture
def keeper(alice: User) -> User:
    alice.is_staff = alice.is_superuser = True
    alice.save()
    return alice


@pytest.mark.both_databases
def test_pages_hold_all_of_both_once_in_the_order_of_time(bob: User, chloe: User) -> None:
    for number in range(40):
        audit.record(audit.SIGN_IN, actor=bob, target=("thing", number, ""))
        row = Entry.objects.latest("pk")
        event(bob, number, row.at)  # at the same microsecond, across the edge of a page too
        event(bob, number + 1_000, row.at)
    audit.record(audit.SIGN_IN, actor=chloe)
    event(chloe, 1, timezone.now())
    of_bob = Deeds(person=bob.pk, since=None, until=None, with_events=True)
    first, place = of_bob.page(None)
    assert place is not None
    assert Place.read(str(place)) == place
    second, third = of_bob.page(Place.read(str(place)))
    assert third is not None
    assert len(first) == PAGE
    places = [deed.place for deed in [*first, *second, *of_bob.page(third)[0]]]
    assert places == sorted(places, reverse=True) == [deed.place for deed in of_bob.all(500)]
    assert len(set(places)) == 120
    assert Place.read("no place") is Place.read("9-7-1") is None


@pytest.mark.both_databases
def test_an_index_holds_one_persons_rows_in_the_order_of_time(bob: User) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    now = timezone.now()
    deeds = Deeds(person=bob.pk, since=now - timedelta(days=1), until=now, with_events=True)
    before = Place(now, 1, 5)
    assert "audit_entry_deeds" in deeds._entries(before)[:PAGE].explain()
    assert "ntf_event_deeds" in deeds._ended(before)[:PAGE].explain()
    assert "ntf_event_pending" in deeds._waiting(before)[:PAGE].explain()


def test_what_waits_is_there_as_well_and_once(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what ends between the two readings."""
    first, second = (event(bob, number, timezone.now()) for number in range(2))
    Event.objects.filter(pk=second.pk).update(state="pending", ended_at=None)
    deeds = Deeds(person=bob.pk, since=None, until=None, with_events=True)
    assert [deed.row for deed in deeds.page(None)[0]] == [second, first]
    monkeypatch.setattr(Deeds, "_waiting", Deeds._events)
    assert [deed.row for deed in deeds.all(9)] == [second, first]


def test_the_page_and_the_file_show_both_in_a_range_of_days(
    keeper: User, bob: User, post: Post, browse: Browse, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    audit.record(audit.SIGN_OUT, actor=bob, target=("group", 77, "=birds"))
    event(bob, 4711, timezone.now(), keeper)
    event(bob, 4712, timezone.now() - timedelta(days=9))
    client = browse(keeper)
    today = timezone.localdate().isoformat()
    query = f"person={bob.username.upper()}&since={today}&until={today}"

    def look() -> str:
        return client.get(f"{DEEDS}?{query}").content.decode()

    page = look()
    assert ("=birds" in page, "post 4711" in page, "4712" in page) == (True, True, False)
    before = count_queries(look)
    for number in range(20):
        event(bob, number, timezone.now(), keeper)
        audit.record(audit.SIGN_OUT, actor=bob)
    assert count_queries(look) == before
    assert "4712" in client.get(f"{DEEDS}?person={bob.pk}").content.decode()
    file = client.post(f"{DEEDS}?{query}", {"as": "json"}).getvalue().decode()
    rows = [json.loads(line) for line in file.splitlines()]
    assert {(row["source"], row["action"]) for row in rows} == {("log", "sign_out"), ("event", "LIKE")}
    assert len(rows) == 42
    assert "'=birds" in client.post(f"{DEEDS}?{query}", {"as": "csv"}).getvalue().decode()
    taken = Entry.objects.latest("pk")
    assert (taken.action, taken.target_id) == ("audit_exported", str(bob.pk))


def test_rights_hold_as_in_the_lists(keeper: User, bob: User, chloe: User, browse: Browse) -> None:
    event(bob, 4711, timezone.now())
    audit.record(audit.SIGN_OUT, actor=bob, target=("group", 77, "Birds"))
    chloe.is_staff = True
    chloe.save()
    assert browse(chloe).get(DEEDS).status_code == 403
    chloe.user_permissions.add(Permission.objects.get(codename="view_entry", content_type__app_label="audit"))
    page = browse(chloe).get(f"{DEEDS}?person={bob.username}").content.decode()
    assert ("Birds" in page, "4711" in page) == (True, False)
    assert b"4711" not in browse(chloe).post(f"{DEEDS}?person={bob.username}", {"as": "csv"}).getvalue()
    assert browse(keeper).post(f"{DEEDS}?person={bob.username}", {"as": "exe"}).status_code == 400
    assert browse(keeper).post(f"{DEEDS}?person=nobody", {"as": "csv"}).status_code == 400
    for odd in ("person=nobody", f"person={2**70}", f"person={bob.pk}&since=0001-01-01&before=9-9"):
        assert "4711" not in browse(keeper).get(f"{DEEDS}?{odd}").content.decode()
