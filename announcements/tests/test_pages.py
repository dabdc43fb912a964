"""The pages, without JavaScript: staff write, look, send and stop; the others read and dismiss."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from announcements import actions
from announcements.models import Announcement
from community.actions import groups
from community.models import Group
from conftest import Browse
from notifications.inbox import actions as inbox
from notifications.models import Event, Notification
from notifications.outbox import pipeline

from .conftest import Draft

pytestmark = pytest.mark.django_db
WORDS = {"title": "No water on Friday", "content": "From **nine** to noon.", "audience": "everybody"}


def test_from_the_form_by_the_preview_to_the_inboxes(browse: Browse, alice: User, bob: User) -> None:
    staff = browse(alice)
    look = staff.post("/announcements/new/", WORDS)["Location"]
    html = staff.get(look).content.decode()
    assert "1 person" in html
    assert "Bob" in html
    assert "<strong>nine</strong>" in html
    assert not Notification.objects.filter(kind="ANNOUNCEMENT").exists()

    [seen] = re.findall(r'name="seen" value="(\d+)"', html)
    for _double_click in range(2):
        path = staff.post(look, {"seen": seen})["Location"]
    pipeline.drain()
    assert Notification.objects.filter(kind="ANNOUNCEMENT").count() == 1
    assert "1 person found it in the inbox." in staff.get(path).content.decode()
    assert "No water on Friday" in staff.get("/announcements/").content.decode()


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(browse: Browse, alice: User) -> None:
    page = browse(alice).post("/announcements/new/", WORDS | {"link": "ftp://x"})
    assert page.status_code == 422
    assert "This is no address" in page.content.decode()
    assert "From **nine** to noon." in page.content.decode()


def test_a_look_that_is_out_of_date_sends_nothing(browse: Browse, alice: User, draft: Draft) -> None:
    announcement = draft()
    page = browse(alice).post(f"/announcements/{announcement.pk}/send/", {"seen": "1"})
    assert page.status_code == 422
    assert "Somebody changed it meanwhile." in page.content.decode()


def test_the_hour_is_that_of_who_writes(browse: Browse, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(time_zone="Asia/Tokyo")
    noon = (timezone.now() + timedelta(days=2)).replace(hour=12, minute=0, second=0, microsecond=0)
    browse(alice).post("/announcements/new/", WORDS | {"scheduled_at": noon.strftime("%Y-%m-%dT%H:%M")})
    assert Announcement.objects.get().scheduled_at == noon - timedelta(hours=9)


def test_the_feed_shows_it_until_it_is_read_anywhere(
    browse: Browse, bob: User, chloe: User, told: Draft
) -> None:
    announcement = told()
    feed = browse(bob)
    assert "No water on Friday" in feed.get("/").content.decode()
    feed.post(f"/announcements/{announcement.pk}/dismiss/")
    assert "No water on Friday" not in feed.get("/").content.decode()
    assert Notification.objects.of(bob).unread().filter(kind="ANNOUNCEMENT").count() == 0

    inbox.mark_all_read(chloe)
    assert "No water on Friday" not in browse(chloe).get("/").content.decode()


def test_dismissed_by_htmx_it_says_where_it_is(browse: Browse, bob: User, told: Draft) -> None:
    path = f"/announcements/{told().pk}/dismiss/"
    assert "stays in your inbox" in browse(bob).post(path, headers={"HX-Request": "true"}).content.decode()


def test_the_inbox_leads_to_its_page_which_marks_it_read(browse: Browse, bob: User, told: Draft) -> None:
    announcement = told()
    assert announcement.get_absolute_url() in browse(bob).get("/notifications/").content.decode()
    page = browse(bob).get(announcement.get_absolute_url())
    assert "<strong>nine</strong>" in page.content.decode()
    assert "How far it is" not in page.content.decode()
    assert not Notification.objects.of(bob).unread().filter(kind="ANNOUNCEMENT").exists()


def test_who_left_the_group_finds_nothing(
    browse: Browse, bob: User, chloe: User, group: Group, told: Draft, for_the_group: dict[str, Any]
) -> None:
    path = told(**for_the_group).get_absolute_url()
    assert browse(chloe).get(path).status_code == 404
    assert browse(bob).get(path).status_code == 200
    groups.leave_group(bob, group)
    assert browse(bob).get(path).status_code == 404
    assert "No water" not in browse(bob).get("/").content.decode()


def test_stopped_it_is_taken_from_the_feed_and_its_page_says_so(
    browse: Browse, alice: User, bob: User, told: Draft
) -> None:
    announcement = told()
    staff, path = browse(alice), announcement.get_absolute_url()
    assert "2 people were told so far." in staff.get(f"{path}stop/").content.decode()
    staff.post(f"{path}stop/")

    assert "No water on Friday" not in browse(bob).get("/").content.decode(), "before it is withdrawn, too"
    page = browse(bob).get(path)
    assert page.status_code == 410
    assert "This was taken back" in page.content.decode()
    pipeline.drain()
    assert not Notification.objects.filter(kind="ANNOUNCEMENT").exists()
    assert "Alice stopped it" in staff.get(path).content.decode()


def test_long_after_its_event_was_pruned_it_can_still_be_looked_at(
    browse: Browse, alice: User, told: Draft
) -> None:
    announcement = told()
    Event.objects.all().delete()
    Notification.objects.all().delete()
    for path in (
        "/announcements/",
        announcement.get_absolute_url(),
        f"/announcements/{announcement.pk}/stop/",
    ):
        page = browse(alice).get(path)
        assert page.status_code == 200
        assert "0 people" not in page.content.decode()


def test_a_draft_can_be_deleted_and_what_was_told_cannot(browse: Browse, alice: User, draft: Draft) -> None:
    staff, announcement = browse(alice), draft()
    assert staff.get(f"/announcements/{announcement.pk}/delete/").status_code == 200
    staff.post(f"/announcements/{announcement.pk}/delete/")
    assert not Announcement.objects.exists()
    announcement = actions.send(alice, draft())
    pipeline.drain()
    page = staff.get(staff.post(f"/announcements/{announcement.pk}/delete/")["Location"])
    assert "It has been told already" in page.content.decode()


@pytest.mark.parametrize("count", [1, 12])
def test_the_pages_take_as_many_queries_for_one_as_for_twelve(
    browse: Browse, alice: User, bob: User, told: Draft, count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(count):
        told(title=f"Number {number}")
    staff, member = browse(alice), browse(bob)
    with django_assert_num_queries(6):
        staff.get("/announcements/")
    with django_assert_num_queries(10):
        member.get("/")


def test_it_is_stopped_in_the_administration(browse: Browse, alice: User, draft: Draft) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    announcement = actions.send(alice, draft())
    pipeline.drain()
    stop = {"action": "stop", "_selected_action": [announcement.pk]}
    lists = "/admin/announcements/announcement/"
    assert "Stop these" in browse(alice).post(lists, stop).content.decode()
    assert browse(alice).post(lists, stop | {"sure": "1"}).status_code == 302
    announcement.refresh_from_db()
    assert announcement.stopped_at is not None
