"""Read, unread, delete, all, and the undoing of each: as plain forms, and in place with htmx."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Post
from notifications.models import Event, Notification
from notifications.paging import stamp

from .scenes import Priority, a_like, likes

pytestmark = pytest.mark.django_db
INBOX = "/notifications/"
HTMX = {"HX-Request": "true"}
Browse = Callable[[User], Client]
BUTTONS = ("open", "read", "unread", "delete", "restore")


@pytest.fixture
def alices(alice: User, browse: Browse) -> Client:
    return browse(alice)


@pytest.fixture
def row(alice: User, bob: User, post: Post) -> Notification:
    return a_like(alice, bob, post)


def press(client: Client, row: Notification, button: str, query: str = "", **headers: str) -> str:
    """Where it leads; with htmx, what it answers."""
    response = client.post(f"{INBOX}{row.pk}/{button}/{query}", headers=headers)
    row.refresh_from_db()
    return response["Location"] if response.status_code == 302 else response.content.decode()


@pytest.mark.parametrize("button", BUTTONS)
def test_nobody_else_can_press(button: str, row: Notification, chloe: User, browse: Browse) -> None:
    before = Notification.objects.filter(pk=row.pk).values().get()
    assert browse(chloe).post(f"{INBOX}{row.pk}/{button}/").status_code == 404
    assert Notification.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("button", [*(f"1/{button}" for button in BUTTONS), "read-all", "unread-all"])
def test_a_link_presses_nothing(button: str, alices: Client) -> None:
    assert alices.get(f"{INBOX}{button}/").status_code == 405


@pytest.mark.parametrize("button", BUTTONS)
def test_what_is_not_there_is_not_found(button: str, alices: Client) -> None:
    assert alices.post(f"{INBOX}999999/{button}/").status_code == 404


def test_a_form_from_elsewhere_is_refused(alice: User, row: Notification) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(f"{INBOX}{row.pk}/read/").status_code == 403


def test_reading_leads_back_to_the_same_place_with_an_undo(alices: Client, row: Notification) -> None:
    where = press(alices, row, "read", "?show=unread")
    assert row.is_read
    assert where == f"{INBOX}?show=unread&did=read&what={row.pk}#n{row.pk}"
    page = alices.get(where).content.decode()
    assert "Marked as read." in page
    assert f'action="{INBOX}{row.pk}/unread/?show=unread"' in page


def test_reading_twice_keeps_the_first_time(alices: Client, row: Notification) -> None:
    press(alices, row, "read")
    first = row.read_at
    press(alices, row, "read")
    assert row.read_at == first


def test_unreading_undoes_it_also_twice(alices: Client, row: Notification) -> None:
    press(alices, row, "read")
    assert press(alices, row, "unread") == f"{INBOX}#n{row.pk}"
    press(alices, row, "unread")
    assert not row.is_read
    assert "newer news" not in alices.get(INBOX).content.decode()


def test_what_newer_news_has_replaced_stays_read(alices: Client, row: Notification) -> None:
    press(alices, row, "read")
    Notification.objects.create(
        recipient_id=row.recipient_id, event_id=0, kind="LIKE", group_key=row.group_key,
        target_type="post", target_id=row.target_id, object_id=0,
    )  # fmt: skip
    press(alices, row, "unread")
    assert row.is_read
    assert "newer news" in alices.get(INBOX).content.decode()


def test_deleting_offers_to_bring_it_back(alices: Client, row: Notification) -> None:
    where = press(alices, row, "delete")
    assert row.deleted_at
    page = alices.get(where).content.decode()
    assert f'id="n{row.pk}"' not in page
    assert f'action="{INBOX}{row.pk}/restore/"' in page
    press(alices, row, "delete")
    press(alices, row, "restore")
    assert list(Notification.objects.unread()) == [row]


def test_htmx_gets_the_row_and_the_counts(alices: Client, row: Notification) -> None:
    fragment = press(alices, row, "read", **HTMX)
    assert fragment.count("<article") == 1
    assert f"{INBOX}{row.pk}/unread/" in fragment
    assert 'hx-swap-oob="true"' in fragment
    assert "<html" not in fragment
    gone = press(alices, row, "delete", **HTMX)
    assert f"{INBOX}{row.pk}/restore/" in gone
    assert "liked" not in gone


def test_htmx_is_told_in_a_toast_what_could_not_be_done(alices: Client, row: Notification) -> None:
    press(alices, row, "read")
    Notification.objects.create(
        recipient_id=row.recipient_id, event_id=0, kind="LIKE", group_key=row.group_key,
        target_type="post", target_id=row.target_id, object_id=0,
    )  # fmt: skip
    response = alices.post(f"{INBOX}{row.pk}/unread/", headers=HTMX)
    assert "newer news" in response["HX-Trigger"]


def test_mark_all_leaves_what_came_after_the_page(alice: User, bob: User, post: Post, alices: Client) -> None:
    seen = likes(alice, bob, post, 3)
    until = alices.get(INBOX).context["page"].seen_until
    later = a_like(alice, bob, post, at=timezone.now() + timedelta(seconds=1), number=9)
    response = alices.post(f"{INBOX}read-all/", {"until": until})
    assert [row.pk for row in Notification.objects.unread()] == [later.pk]
    assert response.status_code == 302
    page = alices.get(response["Location"])
    assert "Everything up to here is marked as read." in page.content.decode()

    alices.post(f"{INBOX}unread-all/", {"what": page.context["undo"].what})
    assert Notification.objects.unread().count() == len(seen) + 1


def test_marking_these_keeps_to_the_tab(alice: User, bob: User, post: Post, alices: Client) -> None:
    a_like(alice, bob, post, number=1, priority=Priority.AROUND_YOU)
    kept = a_like(alice, bob, post, number=2)
    alices.post(f"{INBOX}read-all/?show=around-you", {"until": stamp(timezone.now())})
    assert [row.pk for row in Notification.objects.unread()] == [kept.pk]


def test_undoing_all_leaves_what_was_read_before(alice: User, bob: User, post: Post, alices: Client) -> None:
    first, second = likes(alice, bob, post, 2)
    press(alices, first, "read")
    where = alices.post(f"{INBOX}read-all/", {"until": stamp(timezone.now())})["Location"]
    alices.post(f"{INBOX}unread-all/", {"what": alices.get(where).context["undo"].what})
    assert [row.pk for row in Notification.objects.unread()] == [second.pk]


def test_htmx_gets_the_list_after_all(alices: Client, row: Notification) -> None:
    response = alices.post(f"{INBOX}read-all/", {"until": stamp(timezone.now())}, headers=HTMX)
    fragment = response.content.decode()
    assert fragment.strip().startswith('<div id="inbox">')
    assert f"{INBOX}unread-all/" in fragment


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 400, "१"])
@pytest.mark.parametrize(("button", "field"), [("read-all", "until"), ("unread-all", "what")])
def test_a_moment_that_is_none_is_a_bad_request(button: str, field: str, value: str, alices: Client) -> None:
    assert alices.post(f"{INBOX}{button}/", {field: value}).status_code == 400


@pytest.mark.parametrize(
    "query", ["?did=deleted&what=x", "?did=burnt&what=1", "?did=read", "?did=read&what=" + "9" * 99]
)
def test_an_undo_that_nobody_offered_is_not_shown(query: str, alices: Client) -> None:
    assert alices.get(INBOX + query).context["undo"] is None


def test_news_of_a_sign_in_is_opened_by_a_button_that_marks_it_read(alice: User, alices: Client) -> None:
    event = Event.objects.get(kind="LOGIN")  # of signing in to look
    row = Notification.objects.create(
        recipient=alice, event_id=event.pk, kind="LOGIN", group_key="LOGIN:1", actor=alice,
        actor_ids=[alice.pk], target_type="user", target_id=alice.pk, object_id=alice.pk,
    )  # fmt: skip
    assert f'action="{INBOX}{row.pk}/open/"' in alices.get(INBOX).content.decode()
    assert press(alices, row, "open") == "/accounts/password/change/"
    assert row.is_read


def test_a_post_is_opened_by_a_plain_link(alices: Client, row: Notification, post: Post) -> None:
    assert f'<a class="item-link" href="{post.get_absolute_url()}">' in alices.get(INBOX).content.decode()
    assert press(alices, row, "open") == post.get_absolute_url()


def test_opening_what_is_gone_leads_back(alices: Client, row: Notification, post: Post) -> None:
    Post.objects.filter(pk=post.pk)._raw_delete("default")
    assert press(alices, row, "open") == INBOX
