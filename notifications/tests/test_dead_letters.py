"""Dead letters are found by what they have in common, and put back or let go: asked, once, written down."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from community import actions
from community.models import Post
from conftest import Browse, MakeUser
from notifications.admin import operating
from notifications.models import Delivery, Event, NotificationPreference, QuietHours
from notifications.upkeep import operations
from notifications.upkeep.explain import reach
from notifications.upkeep.telling import sentences

pytestmark = [pytest.mark.django_db(transaction=True)]
LIST = reverse("admin:notifications_delivery_changelist")


@pytest.fixture
def boss(chloe: User, browse: Browse) -> Client:
    chloe.is_staff = chloe.is_superuser = True
    chloe.save()
    return browse(chloe)


def dead(recipient: User | None, event_id: int, **fields: Any) -> Delivery:
    given = {
        "channel": "email", "group_key": "x", "state": "dead", "reason": "exhausted",
        "ended_at": timezone.now(),
    }  # fmt: skip
    return Delivery.objects.create(event_id=event_id, recipient=recipient, **(given | fields))


def a_dead_mail(bob: User, post: Post, **fields: Any) -> Delivery:
    actions.react(bob, post)
    mail.outbox.clear()
    given = {"state": "dead", "reason": "exhausted", "ended_at": timezone.now()}
    Delivery.objects.update(**(given | fields))
    return Delivery.objects.get()


def ask(client: Client, action: str, *rows: Delivery, everything: bool = False) -> dict[str, str]:
    """What the page in between would send."""
    chosen = {"_selected_action": [row.pk for row in rows], "select_across": str(int(everything))}
    page = client.post(f"{LIST}?dead=any", {"action": action, **chosen}).content.decode()
    form = page.partition("sure")[0].rpartition("<form")[2]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) | {"sure": "1"}


def say_yes(client: Client, asked: dict[str, str], **fields: str) -> str:
    return client.post(f"{LIST}?dead=any", {**asked, **fields}, follow=True).content.decode()


@pytest.mark.both_databases
def test_they_are_found_by_what_they_have_in_common(alice: User, bob: User, boss: Client) -> None:
    long_ago = timezone.now() - timedelta(days=9)
    User.objects.filter(pk=bob.pk).update(email="bob@Post.example")
    rows = {
        dead(alice, 1).pk: "tries",
        dead(bob, 2, state="failed", reason="refused", ended_at=long_ago).pk: "refused",
        dead(None, 3, address="x@post.example", state="uncertain", reason="unanswered").pk: "silence",
        dead(alice, 4, channel="push", reason="error").pk: "ours",
        dead(alice, 5, state="sent", reason="").pk: "sent",
    }

    def found(**query: str) -> set[str]:
        [changelist] = [boss.get(LIST, query).context["cl"]]
        return {rows[row.pk] for row in changelist.result_list}

    assert found(dead="any") == {"tries", "refused", "silence", "ours"}
    assert found(dead="uncertain") == {"silence"}
    assert found(domain="post.EXAMPLE") == {"refused", "silence"}
    assert found(domain="post.EXAMPLE", ended="day") == {"silence"}
    assert found(dead="any", ended="older") == {"refused"}
    assert found(cause="ours", channel="push") == {"ours"}
    assert found(dead="nonsense", cause="nonsense", ended="nonsense", domain="") == set(rows.values())


@pytest.mark.both_databases
def test_a_second_click_and_a_colleague_asked_before_change_nothing(
    bob: User, post: Post, boss: Client
) -> None:
    row = a_dead_mail(bob, post, state="uncertain", reason="unanswered")
    asked = ask(boss, "requeue", row)
    assert "1 done." in say_yes(boss, asked)
    for again in (asked, {**asked, "asked_at": "nonsense", "ids": f"{asked['ids']},x,{9**30}"}):
        assert "1 done." not in say_yes(boss, again)
    assert len(mail.outbox) == 1
    asked_at = timezone.now() - timedelta(minutes=1)
    assert operations.requeue_deliveries(Delivery.objects.all(), asked_at).changed == 0


def test_only_those_are_taken_that_were_counted(
    alice: User, bob: User, boss: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operating, "AT_ONCE", 3)
    first = [dead(alice, number) for number in range(1, 6)]
    page = boss.post(
        f"{LIST}?dead=any", {"action": "discard", "_selected_action": first[0].pk, "select_across": "1"}
    ).content.decode()
    assert "3 are chosen." in page
    assert "there are more" in page
    asked = ask(boss, "discard", first[0], everything=True)
    say_yes(boss, asked, why="x")
    say_yes(boss, asked, why="x")
    discarded = Delivery.objects.filter(reason="discarded").values_list("pk", flat=True)
    assert sorted(discarded) == [row.pk for row in first[:3]]


def test_it_is_said_why_and_who_did_it_stands_in_the_story(
    alice: User, bob: User, chloe: User, post: Post, boss: Client
) -> None:
    row = a_dead_mail(bob, post, state="failed", reason="refused")
    asked = ask(boss, "discard", row)
    for nothing in ("", "  ", "x" * 201, "a\x00b"):
        assert "errorlist" in say_yes(boss, asked, why=nothing)
    assert Delivery.objects.get().state == "failed"
    assert "1 done." in say_yes(boss, asked, why="The provider is <gone>.")
    assert Delivery.objects.get().reason == "discarded"
    assert LogEntry.objects.get(object_id=str(row.pk)).user == chloe
    entry = Entry.objects.filter(reason="discard").get()
    assert (entry.metadata or {})["words"] == "The provider is <gone>."
    event = Event.objects.get(kind="LIKE")
    told = " ".join(sentence.text for sentence in sentences(event, reach(event, alice)))
    assert "Discard: The provider is <gone>." in told
    page = boss.get(reverse("admin:notifications_event_explain", args=[event.pk])).content.decode()
    assert "Discard: The provider is &lt;gone&gt;." in page


def test_what_is_put_back_is_sent_now_whatever_summary_its_person_chose(
    alice: User, bob: User, post: Post
) -> None:
    row = a_dead_mail(bob, post)
    NotificationPreference.objects.update_or_create(
        user=alice, notification_type="community", defaults={"email_frequency": "daily"}
    )
    operations.requeue_deliveries(Delivery.objects.all())
    assert len(mail.outbox) == 1
    row.refresh_from_db()
    assert (row.state, row.summary_id) == ("sent", None)


def test_in_quiet_hours_it_waits_by_itself(alice: User, bob: User, post: Post) -> None:
    row = a_dead_mail(bob, post)
    now = timezone.now()
    around = {"starts": (now - timedelta(hours=2)).time(), "ends": (now + timedelta(hours=2)).time()}
    QuietHours.objects.update_or_create(user=alice, defaults={"is_on": True, **around})
    User.objects.filter(pk=alice.pk).update(time_zone="UTC")
    operations.requeue_deliveries(Delivery.objects.all())
    row.refresh_from_db()
    assert (row.state, row.reason, row.summary_id) == ("pending", "by_hand", None)
    assert row.due_at > now + timedelta(hours=1)


@pytest.mark.both_databases
def test_of_two_at_once_each_row_is_of_one(alice: User) -> None:
    for number in range(1, 21):
        dead(alice, number)
    asked_at, start, changed = timezone.now(), threading.Barrier(2), []

    def discard() -> None:
        start.wait(10)
        changed.append(operations.discard_deliveries(Delivery.objects.all(), asked_at).changed)
        connection.close()

    threads = [threading.Thread(target=discard) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(changed) == 20


def test_it_asks_as_much_of_many_as_of_few(
    alice: User, boss: Client, count_queries: Callable[..., int], make_user: MakeUser
) -> None:
    def discard_all() -> None:
        say_yes(
            boss, ask(boss, "discard", Delivery.objects.filter(state="dead")[0], everything=True), why="x"
        )

    dead(alice, 1)
    few = count_queries(discard_all)
    for number in range(2, 32):
        dead(make_user(f"person-{number}"), number)
    assert count_queries(discard_all) <= few
