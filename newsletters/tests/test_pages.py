"""The pages, without JavaScript: the staff write, look, send, pause and stop; everybody reads."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from community.models import Group
from conftest import Browse
from newsletters import actions
from newsletters.models import Edition, Subscriber
from notifications.outbox import pipeline
from tests.hostile import TEXTS

from .conftest import Draft, subscribed

pytestmark = pytest.mark.django_db
WORDS = {"title": "Spring in the yard", "content": "The **seedlings** are here.", "segment": "everybody"}


def test_from_the_form_by_the_look_to_what_became_of_it(
    browse: Browse, alice: User, bob: User, dora: Subscriber
) -> None:
    staff = browse(alice)
    look = staff.post("/newsletter/editions/new/", WORDS)["Location"]
    html = staff.get(look).content.decode()
    assert "2 addresses get it" in html
    frame = staff.get(re.findall(r'<iframe[^>]*src="([^"]+)"', html)[0])
    assert "<strong>seedlings</strong>" in frame.content.decode()
    assert frame["X-Frame-Options"] == "SAMEORIGIN"

    staff.post(look.replace("send", "try"))
    pipeline.drain()
    assert [message.to for message in mail.outbox] == [["alice@example.com"]]
    [seen] = re.findall(r'name="seen" value="(\d+)"', html)
    for _double_click in range(2):
        path = staff.post(look, {"seen": seen})["Location"]
    staff.post(f"{path}pause/")
    pipeline.drain()
    assert "paused" in staff.get(path).content.decode()
    staff.post(f"{path}resume/")
    pipeline.drain()
    assert len(mail.outbox) == 3
    assert re.search(r"sent</th>\s*<td>2<", staff.get(path).content.decode())
    assert "2 were sent" in staff.get("/newsletter/editions/").content.decode()


def test_what_is_wrong_is_said_at_its_field_and_a_stale_look_sends_nothing(
    browse: Browse, alice: User, draft: Draft
) -> None:
    page = browse(alice).post("/newsletter/editions/new/", WORDS | {"segment": "group"})
    assert page.status_code == 422
    assert "Choose the group" in page.content.decode()
    stale = browse(alice).post(f"/newsletter/{draft().pk}/send/", {"seen": "1"})
    assert stale.status_code == 422
    assert "Somebody changed it meanwhile." in stale.content.decode()


def test_everybody_reads_what_went_to_all_and_only_its_people_what_went_to_a_private_group(
    browse: Browse, alice: User, bob: User, chloe: User, group: Group, draft: Draft
) -> None:
    public, waiting = draft(), draft(title="Not yet")
    private = draft(title="Rent", segment="group", group=group)
    for edition in (public, private):
        actions.send(alice, edition)
    assert "<strong>seedlings</strong>" in Client().get(public.get_absolute_url()).content.decode()
    archive = Client().get("/newsletter/").content.decode()
    assert "Spring in the yard" in archive
    assert "Rent" not in archive
    assert "Not yet" not in archive
    reads = {user: browse(user).get(private.get_absolute_url()).status_code for user in (bob, chloe)}
    assert reads == {bob: 200, chloe: 404}
    assert Client().get(private.get_absolute_url()).status_code == 404
    assert browse(bob).get(waiting.get_absolute_url()).status_code == 404
    assert "How far it is" not in browse(bob).get(public.get_absolute_url()).content.decode()


def test_stopped_and_deleted_by_their_pages(browse: Browse, alice: User, draft: Draft) -> None:
    staff, edition = browse(alice), actions.send(alice, draft())
    assert "0 were sent so far" in staff.get(f"/newsletter/{edition.pk}/stop/").content.decode()
    staff.post(f"/newsletter/{edition.pk}/stop/")
    assert Edition.objects.get().confirmed_at is None, "nobody had it: a draft again"
    assert staff.get(f"/newsletter/{edition.pk}/delete/").status_code == 200
    staff.post(f"/newsletter/{edition.pk}/delete/")
    assert not Edition.objects.exists()


def test_the_staff_find_a_subscriber_and_end_it(
    browse: Browse, alice: User, bob: User, dora: Subscriber
) -> None:
    staff = browse(alice)
    assert "dora@example.com" in staff.get("/newsletter/subscribers/").content.decode()
    found = staff.get("/newsletter/subscribers/?q=bob").content.decode()
    assert "Bob" in found
    assert "dora@" not in found
    staff.post(f"/newsletter/subscribers/{dora.pk}/remove/")
    assert Subscriber.objects.current().count() == 1


@pytest.mark.parametrize("count", [1, 12])
def test_the_pages_take_as_many_queries_for_one_as_for_twelve(
    browse: Browse, alice: User, draft: Draft, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        subscribed(f"reader{number}@example.com")
        actions.send(alice, draft(title=f"Number {number}"))
        pipeline.drain()
    staff = browse(alice)
    for path, queries in (
        ("/newsletter/editions/", 8),
        ("/newsletter/subscribers/", 6),
        ("/newsletter/", 7),
    ):
        with django_assert_num_queries(queries):
            staff.get(path)


def test_the_same_over_the_api(api: Any, alice: User, bob: User, chloe: User, group: Group) -> None:
    staff = api(alice)
    made = staff.post("/api/newsletter/editions", WORDS, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    path = f"/api/newsletter/editions/{made.json()['id']}"
    changed = staff.patch(path, {"segment": "group", "group": group.slug}, format="json").json()
    assert changed["group"]["slug"] == group.slug
    assert staff.get(f"{path}/preview").json()["addresses"] == 1
    assert staff.post(f"{path}/try").status_code == 200
    assert [staff.post(f"{path}/send").json()["state"] for _ in range(2)] == ["sending"] * 2
    assert staff.post(f"{path}/pause").json()["state"] == "paused"
    assert staff.post(f"{path}/resume").json()["state"] == "sending"
    pipeline.drain()
    assert staff.get(path).json()["results"] == [{"state": "sent", "reason": "", "copies": 1}]
    assert staff.delete(path).status_code == 400
    assert api(chloe).get("/api/newsletter/editions").status_code == 403
    assert api(chloe).get(path).status_code == 404
    assert api(bob).get(path).status_code == 403


def test_a_member_subscribes_over_the_api(api: Any, chloe: User) -> None:
    mine = api(chloe)
    assert mine.get("/api/newsletter/subscription").json() == {"subscribed": False, "email_verified": False}
    assert mine.put("/api/newsletter/subscription", {"subscribed": True}, format="json").json()["subscribed"]
    mine.put("/api/newsletter/subscription", {"subscribed": False}, format="json")
    assert not Subscriber.objects.current().exists()


def test_in_the_admin_they_are_looked_at_stopped_and_ended(
    browse: Browse, alice: User, bob: User, dora: Subscriber, draft: Draft
) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    edition = actions.send(alice, draft())
    while pipeline.expand_next():
        pass
    admin = browse(alice)
    for path, action, row in (("edition", "stop", edition), ("subscriber", "end", dora)):
        lists = f"/admin/newsletters/{path}/"
        assert str(row) in admin.get(lists).content.decode()
        assert admin.get(f"{lists}{row.pk}/change/").status_code == 200
        chosen = {"action": action, "_selected_action": [row.pk]}
        assert "?" in admin.post(lists, chosen).content.decode()
        admin.post(lists, chosen | {"sure": "1"})
    pipeline.drain()
    assert mail.outbox == []
    assert Edition.objects.get().stopped_at
    assert [one.user for one in Subscriber.objects.current()] == [bob]
    assert (
        "dora@example.com" in admin.get("/admin/notifications/delivery/?q=dora@example.com").content.decode()
    )


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/newsletter/", "email"), ("/newsletter/choose/", "next"), ("/newsletter/editions/new/", "title"),
        ("/newsletter/editions/new/", "group"), ("/newsletter/editions/new/", "scheduled_at"),
    ],
)  # fmt: skip
def test_no_text_in_a_field_is_an_error_of_ours(browse: Browse, alice: User, path: str, field: str) -> None:
    staff = browse(alice)
    for text in TEXTS[::3]:
        body = urlencode(WORDS | {field: text.encode("utf-8", "surrogatepass")})
        answer = staff.post(path, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code < 500, text[:100]
        query = urlencode({"q": text.encode("utf-8", "surrogatepass")[:2000]})
        if field == "email":
            assert staff.get(f"/newsletter/subscribers/?{query}").status_code == 200
