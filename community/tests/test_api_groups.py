"""/api/groups and /api/groups/<slug>."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group

Api = Callable[[User | None], APIClient]


def test_a_group_has_what_the_contract_names(alice: User, chloe: User, api: Api) -> None:
    body = {"name": "Gardeners", "description": "Of the back yard."}
    response = api(alice).post("/api/groups", body, format="json")
    assert response.status_code == 201
    assert response.json() == {
        "slug": "gardeners",
        "name": "Gardeners",
        "description": "Of the back yard.",
        "is_private": False,
        "members_count": 1,
        "is_member": True,
        "role": "owner",
    }
    seen = api(chloe).get("/api/groups/gardeners").json()
    assert (seen["is_member"], seen["role"], seen["members_count"]) == (False, None, 1)


def test_a_private_group_is_listed_for_its_members_alone(
    bob: User, chloe: User, group: Group, api: Api
) -> None:
    public = actions.create_group(chloe, "Choir")

    def listed(user: User) -> dict[str, str | None]:
        return {row["slug"]: row["role"] for row in api(user).get("/api/groups").json()["results"]}

    assert listed(bob) == {public.slug: None, group.slug: "member"}
    assert listed(chloe) == {public.slug: "owner"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "…"}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": 7}, "name"),
        ({"name": "gardeners"}, "name"),
        ({"name": "N", "description": "x" * 501}, "description"),
        ({"name": "N", "description": None}, "description"),
        ({"name": "N", "is_private": "perhaps"}, "is_private"),
        ({"name": "N", "is_private": "true"}, "is_private"),
        ({"name": "N", "is_private": None}, "is_private"),
        ({"name": "N", "is_private": 1}, "is_private"),
    ],
)
def test_what_is_wrong_is_named(alice: User, api: Api, body: object, field: str) -> None:
    actions.create_group(alice, "Gardeners")
    response = api(alice).post("/api/groups", body, format="json")
    assert response.status_code == 400
    assert list(response.json()) == [field]


def test_the_owner_changes_what_is_given(alice: User, bob: User, group: Group, api: Api) -> None:
    path = f"/api/groups/{group.slug}"
    assert api(alice).patch(path, {"name": "Number nine"}, format="json").json()["name"] == "Number nine"
    assert api(alice).patch(path, {"is_private": False}, format="json").json()["is_private"] is False
    kept = api(alice).patch(path, {"slug": "taken-over", "created_at": "2001-01-01"}, format="json").json()
    assert (kept["slug"], kept["name"]) == (group.slug, "Number nine")
    assert api(bob).patch(path, {"name": "Bob's"}, format="json").status_code == 403
    assert api(bob).delete(path).status_code == 403
    assert api(alice).delete(path).status_code == 204
    assert api(alice).get(path).status_code == 404


@pytest.mark.parametrize("rest", ["", "/members", "/members/alice"])
@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_an_invisible_group_is_like_a_missing_one(
    chloe: User, group: Group, api: Api, rest: str, method: str
) -> None:
    hidden, missing = (
        getattr(api(chloe), method)(f"/api/groups/{slug}{rest}", {"name": "x"}, format="json")
        for slug in (group.slug, "never-was")
    )
    assert hidden.status_code == missing.status_code
    assert hidden.status_code in {404, 405}
    assert hidden.content == missing.content


@pytest.mark.both_databases
def test_many_groups_take_as_many_queries_as_one(
    alice: User, bob: User, api: Api, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    actions.create_group(alice, "Number 0")
    one = count_queries(lambda: api(bob).get("/api/groups"))
    for number in range(1, 20):
        actions.join_group(bob, actions.create_group(alice, f"Number {number}"))
    assert count_queries(lambda: api(bob).get("/api/groups")) == one <= 5
