"""The buttons of the inbox, of one row, of several and of all, and undoing: as plain forms, and with htmx."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Post
from notifications.inbox import actions as inbox
from notifications.inbox.paging import stamp
from notifications.inbox.states import Deed, state_of
from notifications.inbox.undoing import Undo
from notifications.models import Event, Notification

from .scenes import Priority, a_like, likes

pytestmark = pytest.mark.django_db
INBOX, CHANGE = "/notifications/", "/notifications/change/"
HTMX = {"HX-Request": "true", "HX-Target": "n1"}
HTMX_LIST = {"HX-Request": "true", "HX-Target": "inbox"}
Browse = Callable[[User], Client]


@pytest.fixture
def alices(alice: User, browse: Browse) -> Client:
    return browse(alice)


@pytest.fixture
def row(alice: User, bob: User, post: Post) -> Notification:
    return a_like(alice, bob, post)


def press(client: Client, row: Notification, do: str, query: str = "", **headers: str) -> str:
    """Where it leads; with htmx, what it answers."""
    response = client.post(f"{CHANGE}{query}", {"ids": row.pk, "do": do}, headers=headers)
    row.refresh_from_db()
    return response["Location"] if response.status_code == 302 else response.content.decode()


def undo(client: Client, where: str, **headers: str) -> str:
    """Press the button of the page that a press led to."""
    response = client.post(
        f"{INBOX}undo/", {"token": client.get(where).context["undo_token"]}, headers=headers
    )
    return response["Location"] if response.status_code == 302 else response.content.decode()


def newer_than(row: Notification) -> Notification:
    return Notification.objects.create(
        recipient_id=row.recipient_id, event_id=0, kind="LIKE", group_key=row.group_key,
        target_type="post", target_id=row.target_id, object_id=0,
    )  # fmt: skip


@pytest.mark.parametrize("deed", Deed)
def test_nobody_else_can_press(deed: Deed, row: Notification, chloe: User, browse: Browse) -> None:
    before = Notification.objects.filter(pk=row.pk).values().get()
    pressed = {"ids": row.pk, "do": deed}
    if deed is Deed.SNOOZE:
        pressed = {"ids": row.pk, "snooze": "tomorrow"}
    assert browse(chloe).post(CHANGE, pressed).status_code == 404
    assert Notification.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("button", ["change", "undo", "read-all", "1/open"])
def test_a_link_presses_nothing(button: str, alices: Client) -> None:
    assert alices.get(f"{INBOX}{button}/").status_code == 405


def test_what_is_not_there_is_not_found(alices: Client) -> None:
    assert alices.post(CHANGE, {"ids": 999999, "do": "read"}).status_code == 404
    assert alices.post(f"{INBOX}999999/open/").status_code == 404
    assert alices.get(f"{INBOX}snooze/?ids=999999").status_code == 404


def test_a_form_from_elsewhere_is_refused(alice: User, row: Notification) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(CHANGE, {"ids": row.pk, "do": "read"}).status_code == 403


@pytest.mark.parametrize(
    ("deed", "says"),
    [
        ("read", "Marked as read."),
        ("done", "Done."),
        ("save", "Saved."),
        ("delete", "Deleted."),
    ],
)
def test_a_press_leads_back_to_the_same_place_with_an_undo(
    deed: str, says: str, alices: Client, row: Notification
) -> None:
    before = state_of(row)
    where = press(alices, row, deed, "?show=about-you")
    assert state_of(row) != before
    assert where.startswith(f"{INBOX}?show=about-you&did=")
    assert where.endswith(f"#n{row.pk}")
    page = alices.get(where).content.decode()
    assert says in page
    assert f'action="{INBOX}undo/?show=about-you"' in page

    assert undo(alices, where) == f"{INBOX}#n{row.pk}"
    row.refresh_from_db()
    assert state_of(row) == before


def test_reading_twice_keeps_the_first_time(alices: Client, row: Notification) -> None:
    press(alices, row, "read")
    first = row.read_at
    assert "did=" not in press(alices, row, "read"), "nothing was done, and there is nothing to undo"
    assert row.read_at == first


def test_what_newer_news_has_replaced_stays_read(alices: Client, row: Notification) -> None:
    press(alices, row, "read")
    newer_than(row)
    press(alices, row, "unread")
    assert row.is_read
    assert "newer news" in alices.get(INBOX).content.decode()
    response = alices.post(CHANGE, {"ids": row.pk, "do": "unread"}, headers=HTMX)
    assert "newer news" in response["HX-Trigger"]


def test_undoing_what_has_changed_since_leaves_it_and_says_so(alices: Client, row: Notification) -> None:
    where = press(alices, row, "done")
    undo(alices, where)
    press(alices, row, "done")
    undo(alices, where)
    row.refresh_from_db()
    assert row.done_at
    assert "changed since" in alices.get(INBOX).content.decode()


def test_an_undo_is_of_its_person_alone(
    alice: User, bob: User, row: Notification, alices: Client, browse: Browse
) -> None:
    token = alices.get(press(alices, row, "done")).context["undo_token"]
    assert Undo.read(token, bob) is None
    bobs = browse(bob)
    bobs.post(f"{INBOX}undo/", {"token": token})
    row.refresh_from_db()
    assert row.done_at
    assert bobs.get(f"{INBOX}?did={token}").context["undo"] is None


@pytest.mark.parametrize("token", ["", "x", "1:2:3", "é", "." * 5000])
def test_an_undo_that_nobody_offered_does_nothing(token: str, alices: Client) -> None:
    assert alices.get(INBOX, {"did": token}).context["undo"] is None
    assert alices.post(f"{INBOX}undo/", {"token": token}).status_code == 302
    assert "too late" in alices.get(INBOX).content.decode()


def test_htmx_gets_the_row_the_counts_and_the_undo(alices: Client, row: Notification) -> None:
    fragment = press(alices, row, "read", **HTMX)
    assert fragment.count("<article") == 1
    assert 'id="inbox-tabs"' in fragment
    assert f'action="{INBOX}undo/"' in fragment
    assert "<html" not in fragment


@pytest.mark.parametrize(
    ("tab", "deed", "stays"),
    [
        ("", "done", False),
        ("", "save", True),
        ("", "delete", False),
        ("?show=unread", "read", True),
        ("?show=saved", "done", True),
        ("?show=saved", "unsave", False),
        ("?show=done", "undone", False),
        ("?show=snoozed", "wake", False),
    ],
)
def test_a_row_leaves_where_it_does_not_belong_any_more(
    tab: str, deed: str, stays: bool, alice: User, alices: Client, row: Notification
) -> None:
    start = {"undone": Deed.DONE, "wake": Deed.SNOOZE, "unsave": Deed.SAVE}.get(deed)
    if start:
        inbox.do(alice, [row.pk], start, until=timezone.now() + timedelta(hours=1))
    elif tab == "?show=saved":
        inbox.do(alice, [row.pk], Deed.SAVE)
    assert ("<article" in press(alices, row, deed, tab, **HTMX)) is stays


def test_several_at_once_and_all_of_them_undone(alice: User, bob: User, post: Post, alices: Client) -> None:
    rows = likes(alice, bob, post, 5)
    ids = [str(rows[0].pk), f"{rows[1].pk},{rows[2].pk}", str(rows[2].pk)]
    where = alices.post(CHANGE, {"ids": ids, "do": "done"})["Location"]
    assert Notification.objects.of(alice).done().count() == 3
    assert "3 done." in alices.get(where).content.decode()
    assert "#" not in where
    undo(alices, where)
    assert Notification.objects.of(alice).unread().count() == 5


def test_htmx_gets_the_list_after_several(alice: User, bob: User, post: Post, alices: Client) -> None:
    rows = likes(alice, bob, post, 3)
    response = alices.post(CHANGE, {"ids": [row.pk for row in rows[:2]], "do": "delete"}, headers=HTMX_LIST)
    fragment = response.content.decode()
    assert '<div id="inbox"' in fragment
    assert fragment.count("<article") == 1
    assert "2 deleted." in fragment


def test_nothing_ticked_is_said_kindly(alices: Client) -> None:
    assert alices.post(CHANGE, {"do": "done"}).status_code == 302
    assert "Nothing is ticked." in alices.get(INBOX).content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"ids": "x", "do": "done"},
        {"ids": "१", "do": "done"},
        {"ids": "9" * 30, "do": "done"},
        {"ids": ",".join(map(str, range(31))), "do": "done"},
        {"ids": "1", "do": "burn"},
        {"ids": "1", "snooze": "yesterday"},
        {"ids": "1"},
        {},
    ],
)
def test_what_no_page_of_ours_sends_is_a_bad_request(sent: dict[str, str], alices: Client) -> None:
    assert alices.post(CHANGE, sent).status_code == 400


def test_mark_all_leaves_what_came_after_the_page(alice: User, bob: User, post: Post, alices: Client) -> None:
    seen = likes(alice, bob, post, 3)
    until = alices.get(INBOX).context["page"].seen_until
    later = a_like(alice, bob, post, at=timezone.now() + timedelta(seconds=1), number=9)
    where = alices.post(f"{INBOX}read-all/", {"until": until})["Location"]
    assert [row.pk for row in Notification.objects.unread()] == [later.pk]
    assert "Everything up to here is marked as read." in alices.get(where).content.decode()

    undo(alices, where)
    assert Notification.objects.unread().count() == len(seen) + 1


@pytest.mark.parametrize("query", ["?show=around-you", "?type=COMMENT", "?show=saved"])
def test_marking_these_keeps_to_what_is_in_sight(
    query: str, alice: User, bob: User, post: Post, alices: Client
) -> None:
    marked = a_like(alice, bob, post, number=1, kind="COMMENT", priority=Priority.AROUND_YOU)
    inbox.do(alice, [marked.pk], Deed.SAVE)
    kept = a_like(alice, bob, post, number=2)
    assert "Mark these as read" in alices.get(INBOX + query).content.decode()
    alices.post(f"{INBOX}read-all/{query}", {"until": stamp(timezone.now())})
    assert [row.pk for row in Notification.objects.unread()] == [kept.pk]


def test_undoing_all_leaves_what_was_read_before(alice: User, bob: User, post: Post, alices: Client) -> None:
    first, second = likes(alice, bob, post, 2)
    press(alices, first, "read")
    undo(alices, alices.post(f"{INBOX}read-all/", {"until": stamp(timezone.now())})["Location"])
    assert [row.pk for row in Notification.objects.unread()] == [second.pk]


def test_htmx_gets_the_list_after_all(alices: Client, row: Notification) -> None:
    response = alices.post(f"{INBOX}read-all/", {"until": stamp(timezone.now())}, headers=HTMX_LIST)
    fragment = response.content.decode()
    assert fragment.strip().startswith('<div id="inbox"')
    assert f"{INBOX}undo/" in fragment


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 400, "१"])
def test_a_moment_that_is_none_is_a_bad_request(value: str, alices: Client) -> None:
    assert alices.post(f"{INBOX}read-all/", {"until": value}).status_code == 400


def test_news_of_a_sign_in_is_opened_by_a_button_that_marks_it_read(alice: User, alices: Client) -> None:
    event = Event.objects.get(kind="LOGIN")  # of signing in to look
    row = Notification.objects.create(
        recipient=alice, event_id=event.pk, kind="LOGIN", group_key="LOGIN:1", actor=alice,
        actor_ids=[alice.pk], target_type="user", target_id=alice.pk, object_id=alice.pk,
    )  # fmt: skip
    assert f'action="{INBOX}{row.pk}/open/"' in alices.get(INBOX).content.decode()
    assert alices.post(f"{INBOX}{row.pk}/open/")["Location"] == "/accounts/password/change/"
    row.refresh_from_db()
    assert row.is_read


def test_a_post_is_opened_by_a_plain_link(alices: Client, row: Notification, post: Post) -> None:
    assert f'<a class="item-link" href="{post.get_absolute_url()}">' in alices.get(INBOX).content.decode()
    assert alices.post(f"{INBOX}{row.pk}/open/")["Location"] == post.get_absolute_url()


def test_opening_what_is_gone_leads_back(alices: Client, row: Notification, post: Post) -> None:
    Post.objects.filter(pk=post.pk)._raw_delete("default")
    assert alices.post(f"{INBOX}{row.pk}/open/")["Location"] == INBOX


def test_nobody_opens_anothers(row: Notification, chloe: User, browse: Browse) -> None:
    assert browse(chloe).post(f"{INBOX}{row.pk}/open/").status_code == 404
