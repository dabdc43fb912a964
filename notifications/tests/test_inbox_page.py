"""What stands on /notifications/, and in which order."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community import actions
from community.models import Post
from conftest import MakeUser
from notifications.inbox import actions as inbox
from notifications.inbox.paging import cursor_after
from notifications.inbox.states import Deed
from notifications.models import Notification

from .scenes import Priority, a_like, likes

pytestmark = pytest.mark.django_db
INBOX = "/notifications/"
Browse = Callable[[User], Client]
# session, person, newest, page, unread, kinds to filter by; posts, people; seen, in a savepoint; groups, mail
QUERIES = 13


@pytest.fixture
def alices(alice: User, browse: Browse) -> Client:
    return browse(alice)


def page(client: Client, query: str = "") -> str:
    response = client.get(INBOX + query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    response = client.get(INBOX)
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next={INBOX}"


@pytest.mark.django_db(transaction=True)
def test_an_item_is_a_sentence_what_was_said_and_why(alices: Client, bob: User, post: Post) -> None:
    actions.comment(bob, post, "I would take four, *please*.")
    html = page(alices)
    assert "<strong>Bob</strong> commented on <em>Seedlings to give away</em>" in html
    assert "I would take four, please." in html
    assert "Because you wrote it" in html
    assert re.search(r'<a href="/notifications/\d+/why/">Because you wrote it</a>', html)


@pytest.mark.django_db(transaction=True)
def test_names_and_titles_are_never_markup(alice: User, alices: Client, make_user: MakeUser) -> None:
    mallory = make_user("mallory", name="<script>alert(1)</script>")
    actions.react(mallory, actions.create_post(alice, "…", title="<b>bold</b> %(actors)s"))
    html = page(alices)
    assert "&lt;script&gt;" in html
    assert "&lt;b&gt;bold&lt;/b&gt; %(actors)s" in html
    assert "<script>alert" not in html


def test_days_are_those_of_the_readers_time_zone(alice: User, bob: User, post: Post, alices: Client) -> None:
    alice.time_zone = "Pacific/Auckland"
    alice.save()
    now = timezone.now().astimezone()
    a_like(alice, bob, post, at=now, number=1)
    a_like(alice, bob, post, at=now - timedelta(days=1), number=2)
    a_like(alice, bob, post, at=datetime(2020, 2, 29, 12, 30, tzinfo=UTC), number=3)
    html = page(alices)
    assert html.index(">Today<") < html.index(">Yesterday<") < html.index(">March 1, 2020<")


@pytest.mark.parametrize(
    ("query", "shows"),
    [
        ("", ["need", "about", "around", "read"]),
        ("?show=unread", ["need", "about", "around"]),
        ("?show=needs-you", ["need"]),
        ("?show=about-you", ["about", "read"]),
        ("?show=around-you", ["around"]),
        ("?show=nonsense", ["need", "about", "around", "read"]),
        ("?show=saved", ["around", "done"]),
        ("?show=done", ["done"]),
        ("?show=snoozed", ["asleep"]),
    ],
)
def test_tabs_show_all_the_unread_and_each_priority(
    query: str, shows: list[str], alice: User, bob: User, post: Post, alices: Client
) -> None:
    rows = {
        "need": a_like(alice, bob, post, number=1, priority=Priority.NEEDS_YOU),
        "about": a_like(alice, bob, post, number=2),
        "around": a_like(alice, bob, post, number=3, priority=Priority.AROUND_YOU),
        "read": inbox.mark_read(a_like(alice, bob, post, number=4)),
        "done": a_like(alice, bob, post, number=5),
        "asleep": a_like(alice, bob, post, number=6),
    }
    inbox.do(alice, [rows["done"].pk], Deed.DONE, Deed.SAVE)
    inbox.do(alice, [rows["around"].pk], Deed.SAVE)
    inbox.do(alice, [rows["asleep"].pk], Deed.SNOOZE, until=timezone.now() + timedelta(days=1))
    html = page(alices, query)
    assert [name for name, row in rows.items() if f'id="n{row.pk}"' in html] == shows


def test_a_tab_says_how_much_in_it_is_unread(alice: User, bob: User, post: Post, alices: Client) -> None:
    likes(alice, bob, post, 2)
    assert "About you <small>2<" in page(alices)


def test_past_a_hundred_nobody_counts(alice: User, bob: User, post: Post, alices: Client) -> None:
    likes(alice, bob, post, 101)
    html = page(alices)
    assert "Unread <small>99+<" in html
    assert "About you <small>100+<" in html


def test_older_goes_on_where_the_page_ends(alice: User, bob: User, post: Post, alices: Client) -> None:
    rows = likes(alice, bob, post, 31)
    first = alices.get(INBOX)
    assert f'id="n{rows[30].pk}"' not in first.content.decode()
    html = page(alices, first.context["page"].older.removeprefix(INBOX))
    assert [row.pk for row in rows if f'id="n{row.pk}"' in html] == [rows[30].pk]


def test_rows_of_one_moment_are_neither_skipped_nor_repeated(
    alice: User, bob: User, post: Post, alices: Client
) -> None:
    now = timezone.now()
    rows = [a_like(alice, bob, post, at=now, number=n) for n in range(35)]
    first, seen = alices.get(INBOX), []
    for html in (first.content.decode(), page(alices, first.context["page"].older.removeprefix(INBOX))):
        seen += [row.pk for row in rows if f'id="n{row.pk}"' in html]
    assert sorted(seen) == [row.pk for row in rows]


@pytest.mark.parametrize("cursor", ["x", "%00", "é", "MS4", "A" * 5000, "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkuMQ"])
def test_a_broken_cursor_shows_the_first_page(
    cursor: str, alice: User, bob: User, post: Post, alices: Client
) -> None:
    row = a_like(alice, bob, post)
    assert f'id="n{row.pk}"' in page(alices, f"?before={cursor}") or cursor == "MS4"


def test_past_the_end_it_says_so(alice: User, bob: User, post: Post, alices: Client) -> None:
    row = a_like(alice, bob, post)
    assert "That was all" in page(alices, f"?before={cursor_after(row.created_at, row.pk)}")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "Nothing rings"),
        ("?show=unread", "Everything is read"),
        ("?show=needs-you", "Nobody is waiting for you"),
        ("?show=about-you", "Nothing about you yet"),
        ("?show=around-you", "All quiet around you"),
        ("?show=saved", "Nothing saved"),
        ("?show=done", "Nothing done yet"),
        ("?show=snoozed", "Nothing is asleep"),
        ("?type=LIKE", "Nothing of this here"),
    ],
)
def test_an_empty_tab_says_why(query: str, says: str, alices: Client) -> None:
    assert says in page(alices, query)


@pytest.mark.parametrize("query", ["", "?show=unread", "?show=saved", "?show=done", "?show=snoozed"])
@pytest.mark.parametrize("count", [1, 30])
def test_it_takes_as_many_queries_for_one_as_for_thirty(
    count: int,
    query: str,
    alice: User,
    bob: User,
    post: Post,
    alices: Client,
    django_assert_num_queries: Callable[[int], object],
) -> None:
    ids = [row.pk for row in likes(alice, bob, post, count)]
    if deed := {"?show=saved": Deed.SAVE, "?show=done": Deed.DONE, "?show=snoozed": Deed.SNOOZE}.get(query):
        inbox.do(alice, ids, deed, until=timezone.now() + timedelta(days=1))
    with django_assert_num_queries(QUERIES):  # type: ignore[attr-defined] # a context manager
        page(alices, query)


def test_looking_marks_as_seen_what_was_shown_and_changes_nothing_else(
    alice: User, bob: User, post: Post, alices: Client
) -> None:
    row, *_others, older = likes(alice, bob, post, 31)
    before = Notification.objects.filter(pk=row.pk).values().get()
    alices.head(INBOX)
    alices.get(INBOX, headers={"Sec-Purpose": "prefetch"})
    assert Notification.objects.filter(pk=row.pk).values().get() == before
    assert page(alices).count('class="fresh"') == 30
    after = Notification.objects.filter(pk=row.pk).values().get()
    assert after["seen_at"]
    assert {**after, "seen_at": None} == before
    older.refresh_from_db()
    assert older.seen_at is None
    assert 'class="fresh"' not in page(alices)


def test_nobody_elses_inbox_is_shown(alice: User, bob: User, chloe: User, post: Post, browse: Browse) -> None:
    row = a_like(alice, bob, post)
    assert f'id="n{row.pk}"' not in page(browse(chloe))


def test_what_is_gone_or_hidden_by_now_is_not_told(
    alice: User, bob: User, post: Post, alices: Client
) -> None:
    inbox.mark_read(a_like(alice, bob, post))
    Post.objects.filter(pk=post.pk).delete()
    html = page(alices)
    assert "Something that is no longer here" in html
    assert "Seedlings" not in html


def test_a_line_says_what_came_since_the_page_was_made(
    alice: User, bob: User, post: Post, alices: Client
) -> None:
    a_like(alice, bob, post, number=1)
    query = alices.get(INBOX).context["news_query"]
    assert alices.get(f"{INBOX}news/{query}").status_code == 204
    a_like(alice, bob, post, number=2, at=timezone.now() + timedelta(seconds=1))
    assert "1 new" in alices.get(f"{INBOX}news/{query}").content.decode()
