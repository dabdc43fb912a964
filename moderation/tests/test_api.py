"""The same through the API."""

from typing import Any

import pytest

from accounts.models import User
from community.models import Group, Post
from conftest import MakeUser
from moderation.models import Case

pytestmark = pytest.mark.django_db


def test_from_a_flag_to_a_decision(api: Any, bob: User, dora: User, make_user: MakeUser, post: Post) -> None:
    body = {"type": "post", "id": post.pk, "reason": "spam", "words": "Again."}
    for _double_click in range(2):
        answer = api(bob).post("/api/flags", body, format="json")
        assert answer.status_code == 201
        assert answer.json()["reason"] == "spam"
    assert api(bob).get("/api/moderation/cases").status_code == 403
    [listed] = api(dora).get("/api/moderation/cases").json()["results"]
    one = f"/api/moderation/cases/{listed['id']}"
    assert api(dora).post(f"{one}/hold").json()["owner"]["username"] == "dora"
    assert api(dora).delete(f"{one}/hold").json()["owner"] is None
    decision = {"action": "hide", "words": "It is an advertisement."}
    assert (
        api(dora).post(f"{one}/decision", decision, format="json").json()["decision"]["by"]["id"] == dora.pk
    )
    assert api(dora).post(f"{one}/decision", decision, format="json").status_code == 409
    assert api(dora).get("/api/moderation/cases").json()["results"] == []
    [listed] = api(dora).get("/api/moderation/cases?decided=true").json()["results"]
    assert listed["decision"]["words"] == "It is an advertisement."


def test_what_is_wrong_is_said_at_its_field(
    api: Any, bob: User, chloe: User, dora: User, group: Group
) -> None:
    hidden = api(chloe).post("/api/flags", {"type": "group", "id": group.pk, "reason": "spam"}, format="json")
    missing = api(chloe).post("/api/flags", {"type": "group", "id": 10**6, "reason": "spam"}, format="json")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()
    wrong = api(bob).post("/api/flags", {"type": "group", "id": group.pk, "reason": "rule"}, format="json")
    assert (wrong.status_code, set(wrong.json())) == (400, {"reason"})
    flagged = api(bob).post("/api/flags", {"type": "group", "id": group.pk, "reason": "spam"}, format="json")
    assert flagged.status_code == 201
    one = f"/api/moderation/cases/{Case.objects.get().pk}/decision"
    assert set(api(dora).post(one, {"action": "hide"}, format="json").json()) == {"words"}
