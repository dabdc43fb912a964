"""Joining, leaving, and what those who look after a group decide."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, GroupMembership

Api = Callable[[User | None], APIClient]


@pytest.fixture
def public(alice: User) -> Group:
    return actions.create_group(alice, "Gardeners")


def test_joining_and_leaving_hold_however_often_they_are_asked(bob: User, public: Group, api: Api) -> None:
    path = f"/api/groups/{public.slug}/membership"
    for _time in range(2):
        joined = api(bob).post(path)
        assert joined.status_code == 200
        assert joined.json() == {"is_member": True, "members_count": 2, "status": "active"}
    for _time in range(2):
        left = api(bob).delete(path)
        assert left.status_code == 200
        assert left.json() == {"is_member": False, "members_count": 1, "status": None}


def test_whoever_knows_the_address_of_a_private_group_may_ask(chloe: User, group: Group, api: Api) -> None:
    path = f"/api/groups/{group.slug}/membership"
    asked = {"is_member": False, "members_count": None, "status": "requested"}
    assert [api(chloe).post(path).json() for _time in range(2)] == [asked, asked]
    assert api(chloe).get(f"/api/groups/{group.slug}").status_code == 404
    assert api(chloe).delete(path).json() == asked | {"status": None}
    assert not GroupMembership.objects.filter(user=chloe).exists()


def test_the_owner_hands_over_before_leaving(alice: User, group: Group, api: Api) -> None:
    response = api(alice).delete(f"/api/groups/{group.slug}/membership")
    assert response.status_code == 400
    assert list(response.json()) == ["detail"]


def test_members_are_listed_in_the_order_of_coming(bob: User, chloe: User, group: Group, api: Api) -> None:
    actions.join_group(chloe, group)
    rows = api(bob).get(f"/api/groups/{group.slug}/members").json()["results"]
    assert [(row["username"], row["role"]) for row in rows] == [("alice", "owner"), ("bob", "member")]
    assert set(rows[0]) == {"id", "username", "name", "role", "status", "joined_at"}


def test_requests_are_seen_and_answered_by_those_who_look_after_it(
    alice: User, bob: User, chloe: User, group: Group, api: Api
) -> None:
    actions.join_group(chloe, group)
    requests, chloes = f"/api/groups/{group.slug}/members?status=requested", "members/chloe"
    assert api(bob).get(requests).status_code == 403
    assert [row["username"] for row in api(alice).get(requests).json()["results"]] == ["chloe"]
    path = f"/api/groups/{group.slug}/{chloes}"
    assert api(bob).patch(path, {"status": "active"}, format="json").status_code == 404
    for _time in range(2):
        accepted = api(alice).patch(path, {"status": "active"}, format="json")
        assert (accepted.status_code, accepted.json()["status"]) == (200, "active")
    assert api(bob).patch(path, {"status": "active"}, format="json").status_code == 403


def test_a_request_can_be_declined_and_a_member_removed(
    alice: User, bob: User, chloe: User, group: Group, api: Api
) -> None:
    actions.join_group(chloe, group)
    members = f"/api/groups/{group.slug}/members"
    assert api(bob).delete(f"{members}/chloe").status_code == 404
    assert api(bob).delete(f"{members}/alice").status_code == 403
    assert [api(alice).delete(f"{members}/{name}").status_code for name in ("chloe", "BOB")] == [204, 204]
    assert api(alice).delete(f"{members}/bob").status_code == 404
    assert GroupMembership.objects.filter(group=group).count() == 1


def test_roles_are_the_owners_to_give(alice: User, bob: User, group: Group, api: Api) -> None:
    path = f"/api/groups/{group.slug}/members/bob"
    assert api(bob).patch(path, {"role": "owner"}, format="json").status_code == 403
    assert api(alice).patch(path, {"role": "moderator"}, format="json").json()["role"] == "moderator"
    assert api(alice).patch(path, {"role": "owner"}, format="json").json()["role"] == "owner"
    assert api(alice).get(f"/api/groups/{group.slug}").json()["role"] == "moderator"


@pytest.mark.parametrize(
    "body",
    [{}, {"role": "king"}, {"role": None}, {"role": ["owner"]}, {"status": "requested"},
     {"status": "active", "role": "member"}, {"joined_at": "2001-01-01"}],
)  # fmt: skip
def test_anything_else_is_refused(alice: User, group: Group, api: Api, body: object) -> None:
    response = api(alice).patch(f"/api/groups/{group.slug}/members/bob", body, format="json")
    assert response.status_code == 400
    assert set(response.json()) <= {"role", "status"}


@pytest.mark.both_databases
def test_many_members_take_as_many_queries_as_few(
    alice: User,
    group: Group,
    api: Api,
    make_user: Callable[..., User],
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    path = f"/api/groups/{group.slug}/members"
    few = count_queries(lambda: api(alice).get(path))
    for number in range(20):
        actions.accept_request(alice, actions.join_group(make_user(f"user{number}"), group))
    assert count_queries(lambda: api(alice).get(path)) == few <= 4
