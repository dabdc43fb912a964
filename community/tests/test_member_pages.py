import pytest

from accounts.models import User
from community import actions
from community.models import Group, GroupMembership
from conftest import Browse, MakeUser

pytestmark = pytest.mark.django_db
Role = GroupMembership.Role


def address(membership: GroupMembership) -> str:
    return f"/groups/{membership.group.slug}/members/{membership.pk}/"


@pytest.fixture
def request_of_chloe(chloe: User, group: Group) -> GroupMembership:
    return actions.join_group(chloe, group)


def test_a_caretaker_accepts_and_declines(
    browse: Browse, alice: User, make_user: MakeUser, group: Group, request_of_chloe: GroupMembership
) -> None:
    client = browse(alice)
    assert (
        client.post(address(request_of_chloe), {"act": "accept"}).headers["Location"]
        == group.get_absolute_url()
    )
    request_of_chloe.refresh_from_db()
    assert request_of_chloe.status == GroupMembership.Status.ACTIVE
    other = actions.join_group(make_user("dora"), group)
    client.post(address(other), {"act": "decline"})
    assert not GroupMembership.objects.filter(pk=other.pk).exists()


def test_a_member_may_do_none_of_it(
    browse: Browse, alice: User, bob: User, group: Group, request_of_chloe: GroupMembership
) -> None:
    client = browse(bob)
    for membership in (request_of_chloe, group.memberships.get(user=alice)):
        for act in ("accept", "decline", "remove", "moderator", "owner"):
            assert client.post(address(membership), {"act": act}).status_code == 403
    assert group.memberships.get(user=alice).role == Role.OWNER


def test_a_stranger_learns_nothing(browse: Browse, chloe: User, request_of_chloe: GroupMembership) -> None:
    assert browse(chloe).post(address(request_of_chloe), {"act": "accept"}).status_code == 404


def test_members_of_another_group_are_not_here(browse: Browse, alice: User, bob: User, group: Group) -> None:
    elsewhere = actions.join_group(bob, actions.create_group(alice, "Gardeners"))
    answer = browse(alice).post(f"/groups/{group.slug}/members/{elsewhere.pk}/", {"act": "remove"})
    assert answer.status_code == 404


@pytest.mark.parametrize("act", ["", "promote", "pk"])
def test_an_act_that_does_not_exist_is_missing(
    browse: Browse, alice: User, bob: User, group: Group, act: str
) -> None:
    assert browse(alice).post(address(group.memberships.get(user=bob)), {"act": act}).status_code == 404


def test_the_owner_gives_roles_and_hands_the_group_over(
    browse: Browse, alice: User, bob: User, group: Group
) -> None:
    client, membership = browse(alice), group.memberships.get(user=bob)
    client.post(address(membership), {"act": "moderator"})
    assert group.memberships.get(user=bob).role == Role.MODERATOR
    client.post(address(membership), {"act": "owner"})
    assert group.memberships.get(user=bob).role == Role.OWNER
    assert group.memberships.get(user=alice).role == Role.MODERATOR


def test_htmx_gets_the_row_as_it_is_now(browse: Browse, alice: User, bob: User, group: Group) -> None:
    membership = group.memberships.get(user=bob)
    answer = browse(alice).post(address(membership), {"act": "moderator"}, headers={"HX-Request": "true"})
    assert f'id="member-{membership.pk}"' in answer.content.decode()
    assert "moderator" in answer.content.decode()


def test_who_is_removed_is_gone_from_the_list(browse: Browse, alice: User, bob: User, group: Group) -> None:
    client, there = browse(alice), f"/groups/{group.slug}/members/"
    answer = client.post(address(group.memberships.get(user=bob)), {"act": "remove", "next": there})
    assert answer.headers["Location"] == there
    assert b"@bob" not in client.get(there).content


def test_the_list_begins_with_the_caretakers_and_goes_on(
    browse: Browse, alice: User, group: Group, make_user: MakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("community.pages.members.MEMBERS_SHOWN", 2)
    for name in ("dora", "emil"):
        actions.accept_request(alice, actions.join_group(make_user(name), group))
    client, there = browse(alice), f"/groups/{group.slug}/members/"
    first = client.get(there).context
    assert [m.user.username for m in first["caretakers"]] == ["alice"]
    assert [m.user.username for m in first["others"]] == ["bob", "dora"]
    second = client.get(f"{there}?after={first['after']}").context
    assert [m.user.username for m in second["others"]] == ["emil"]
    assert not second["caretakers"]


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "²"])
def test_a_place_in_the_list_that_is_none_begins_at_the_beginning(
    browse: Browse, alice: User, group: Group, after: str
) -> None:
    answer = browse(alice).get(f"/groups/{group.slug}/members/", {"after": after})
    assert answer.status_code == 200
    assert len(answer.context["caretakers"]) == 1
