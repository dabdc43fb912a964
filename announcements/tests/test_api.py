"""The same over the API: staff make and end them, the others read what concerns them."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from announcements.models import Announcement
from community.models import Group
from notifications.models import Notification
from notifications.outbox import pipeline

from .conftest import Draft

pytestmark = pytest.mark.django_db
WORDS = {"title": "No water on Friday", "content": "From nine to noon.", "audience": "everybody"}
Api = Callable[..., Any]


def test_from_a_draft_to_its_stop(api: Api, alice: User, bob: User) -> None:
    staff = api(alice)
    made = staff.post("/api/announcements", WORDS, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    path = f"/api/announcements/{made.json()['id']}"
    changed = staff.patch(path, {"by_mail": True}, format="json").json()
    assert (changed["by_mail"], changed["title"]) == (True, "No water on Friday")
    preview = staff.get(f"{path}/preview").json()
    assert (preview["people"], preview["mail_now"], preview["sample"][0]["username"]) == (1, 1, "bob")

    assert api(bob).get("/api/announcements").json()["results"] == []
    assert [staff.post(f"{path}/send").json()["state"] for _ in range(2)] == ["sending", "sending"]
    pipeline.drain()
    assert Notification.objects.filter(kind="ANNOUNCEMENT").count() == 1
    [seen] = api(bob).get("/api/announcements").json()["results"]
    assert (seen["state"], seen["told"]) == ("sent", 1)
    assert staff.delete(path).status_code == 400
    assert staff.post(f"{path}/stop").json()["state"] == "stopped"
    assert api(bob).get(path).status_code == 404


def test_members_only_read(api: Api, bob: User, told: Draft) -> None:
    path = f"/api/announcements/{told().pk}"
    assert api(bob).get(path).status_code == 200
    assert api(bob).post("/api/announcements", WORDS, format="json").status_code == 403
    for method, action in (
        ("patch", ""),
        ("delete", ""),
        ("get", "/preview"),
        ("post", "/send"),
        ("post", "/stop"),
    ):
        assert getattr(api(bob), method)(path + action).status_code == 403


def test_a_group_is_named_by_its_slug(api: Api, alice: User, group: Group) -> None:
    staff = api(alice)
    words = WORDS | {"audience": "group", "group": group.slug}
    assert staff.post("/api/announcements", words, format="json").json()["group"]["slug"] == group.slug
    wrong = staff.post("/api/announcements", words | {"group": "never-was"}, format="json")
    assert (wrong.status_code, list(wrong.json())) == (400, ["group"])
    assert Announcement.objects.count() == 1
