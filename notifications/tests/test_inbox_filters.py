"""By group and by kind, in any part of the inbox: in the address, and nothing that one may not see."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.inbox import actions as inbox
from notifications.inbox.states import Deed
from notifications.models import Notification

from .scenes import a_like

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
INBOX = "/notifications/"
Browse = Callable[[User], Client]
Api = Callable[[User | None], APIClient]
TOMORROW = timezone.now() + timedelta(days=1)


@pytest.fixture
def rows(bob: User, alice: User, group: Group, post: Post, private_post: Post) -> dict[str, Notification]:
    """Bob's: two in the private group, two outside, of two kinds."""
    made = {
        "group like": a_like(bob, alice, private_post, number=1),
        "group comment": a_like(bob, alice, private_post, number=2, kind="COMMENT"),
        "like": a_like(bob, alice, post, number=3),
        "comment": a_like(bob, alice, post, number=4, kind="COMMENT"),
    }
    for name in ("group like", "group comment"):
        Notification.objects.filter(pk=made[name].pk).update(place_id=group.pk)
    return made


def shown(rows: dict[str, Notification], html: str) -> list[str]:
    return [name for name, row in rows.items() if f'id="n{row.pk}"' in html]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?group={group}", ["group like", "group comment"]),
        ("?type=LIKE", ["group like", "like"]),
        ("?group={group}&type=LIKE", ["group like"]),
        ("?group={group}&type=MENTION", []),
        ("?show=unread&group={group}", ["group like", "group comment"]),
        ("?group=never-was", ["group like", "group comment", "like", "comment"]),
        ("?type=NONSENSE", ["group like", "group comment", "like", "comment"]),
    ],
)
def test_filters_combine(
    query: str, names: list[str], rows: dict[str, Notification], bob: User, group: Group, browse: Browse
) -> None:
    html = browse(bob).get(INBOX + query.format(group=group.slug)).content.decode()
    assert shown(rows, html) == names


@pytest.mark.parametrize("deed", [Deed.SAVE, Deed.DONE, Deed.SNOOZE])
def test_also_in_what_was_put_aside(
    deed: Deed, rows: dict[str, Notification], bob: User, group: Group, browse: Browse
) -> None:
    inbox.do(bob, [rows["group like"].pk, rows["like"].pk], deed, until=TOMORROW)
    tab = {Deed.SAVE: "saved", Deed.DONE: "done", Deed.SNOOZE: "snoozed"}[deed]
    html = browse(bob).get(f"{INBOX}?show={tab}&group={group.slug}").content.decode()
    assert shown(rows, html) == ["group like"]


def test_what_is_offered_is_what_the_person_has(
    rows: dict[str, Notification], bob: User, group: Group, browse: Browse
) -> None:
    actions.create_group(bob, "Nothing happened here")
    page = browse(bob).get(INBOX).context["page"]
    assert [link.label for link in page.by_place] == [group.name]
    assert [link.query for link in page.by_kind] == ["?type=LIKE", "?type=COMMENT"]
    chosen = browse(bob).get(f"{INBOX}?type=LIKE&group={group.slug}").context["page"]
    assert [(link.query, link.is_current) for link in chosen.by_place] == [("?type=LIKE", True)]


def test_a_group_that_one_left_is_neither_offered_nor_told_of(
    rows: dict[str, Notification], bob: User, group: Group, browse: Browse, api: Api
) -> None:
    Notification.objects.of(bob).update(read_at=timezone.now())  # what is read stays when its reader leaves
    actions.leave_group(bob, group)
    client = browse(bob)
    assert client.get(INBOX).context["page"].by_place == []
    html = client.get(f"{INBOX}?group={group.slug}").content.decode()
    assert group.name not in html
    answers = [api(bob).get(f"/api/notifications?group={slug}") for slug in (group.slug, "never-was")]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert answers[0].content == answers[1].content


def test_what_sleeps_is_shown_in_the_order_of_coming_back(
    rows: dict[str, Notification], bob: User, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hours, row in enumerate(rows.values(), 1):
        inbox.do(bob, [row.pk], Deed.SNOOZE, until=TOMORROW + timedelta(hours=-hours))
    monkeypatch.setattr("notifications.inbox.listing.PAGE", 3)
    client, names = browse(bob), list(rows)
    first = client.get(f"{INBOX}?show=snoozed").context["page"]
    assert [row.pk for row in first.rows] == [rows[name].pk for name in reversed(names[1:])]
    second = client.get(first.older).context["page"]
    assert [row.pk for row in second.rows] == [rows[names[0]].pk]


def test_a_filtered_page_takes_a_fixed_number_of_queries(
    rows: dict[str, Notification],
    alice: User,
    bob: User,
    group: Group,
    private_post: Post,
    browse: Browse,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    client, address = browse(bob), f"{INBOX}?group={group.slug}&type=LIKE"
    few = count_queries(lambda: client.get(address))
    for number in range(5, 25):
        row = a_like(bob, alice, private_post, number=number)
        Notification.objects.filter(pk=row.pk).update(place_id=group.pk)
    assert count_queries(lambda: client.get(address)) == few <= 16
