"""Who reviews what, whose a case is, and what becomes of one that nobody decides."""

from datetime import timedelta

import pytest
from django.utils import timezone

import audit
from accounts.models import User
from audit.models import Entry
from community import actions as community
from community.models import Group, GroupMembership, Post
from conftest import Browse, MakeUser
from moderation import actions
from moderation.models import Case, Step

from .conftest import FlagIt

pytestmark = pytest.mark.django_db


@pytest.fixture
def erin(make_user: MakeUser, alice: User, group: Group) -> User:
    """A member of the private group."""
    erin = make_user("erin")
    community.accept_request(alice, community.join_group(erin, group))
    return erin


@pytest.fixture
def inside(flagged: FlagIt, bob: User, erin: User, group: Group) -> Case:
    """Bob wrote it in Alice's private group; Erin flagged it."""
    return flagged(community.create_post(bob, "Between us.", group=group), erin)


def queue(browse: Browse, user: User) -> str:
    return browse(user).get("/moderation/").content.decode()


def test_caretakers_review_their_private_group_and_staff_what_they_leave(
    browse: Browse, inside: Case, alice: User, bob: User, erin: User, dora: User
) -> None:
    path = inside.get_absolute_url()
    assert path in queue(browse, alice)
    assert browse(alice).get(path).status_code == 200
    assert path not in queue(browse, dora)
    assert browse(dora).get(path).status_code == 404
    for member in (bob, erin):
        assert browse(member).get("/moderation/").status_code == 403
        assert browse(member).get(path).status_code == 404

    assert actions.escalate_due(timezone.now() + timedelta(hours=71)) == 0
    assert actions.escalate_due(timezone.now() + timedelta(hours=73)) == 1
    page = browse(dora).get(path).content.decode()
    assert "Between us." in page
    assert "See it in its place" not in page, "the group itself stays closed to staff"
    assert browse(alice).get(path).status_code == 200, "they may still decide"


def test_a_private_group_that_is_deleted_opens_no_case_of_it(
    browse: Browse, inside: Case, alice: User, dora: User, group: Group
) -> None:
    community.delete_group(alice, group)
    assert Case.objects.filter(pk=inside.pk).exists()
    assert browse(dora).get(inside.get_absolute_url()).status_code == 404


def test_what_nobody_decides_comes_back_to_the_queue_again_and_again(case: Case, dora: User) -> None:
    actions.take(dora, case)
    for days in (4, 8):
        assert actions.escalate_due(timezone.now() + timedelta(days=days)) == 1
        case.refresh_from_db()
        assert not case.owner_id
        assert not case.is_overdue(timezone.now() + timedelta(days=days))
    assert case.steps.filter(what=Step.What.ESCALATED).count() == 2
    assert Entry.objects.filter(action="moderation_escalated").count() == 2


def test_what_a_caretaker_wrote_and_the_group_itself_are_for_the_staff(
    browse: Browse, flagged: FlagIt, alice: User, bob: User, erin: User, dora: User, group: Group, post: Post
) -> None:
    membership = GroupMembership.objects.get(group=group, user=bob)
    community.set_role(alice, membership, GroupMembership.Role.MODERATOR)
    cases = [
        flagged(community.create_post(alice, "From the owner.", group=group), erin),
        flagged(group, erin),
    ]
    for case in cases:
        assert case.get_absolute_url() in queue(browse, dora)
        assert case.get_absolute_url() not in queue(browse, bob)
        assert browse(bob).get(case.get_absolute_url()).status_code == 404


def test_nobody_reviews_what_concerns_themselves(
    browse: Browse, flagged: FlagIt, dora: User, bob: User
) -> None:
    case = flagged(community.create_post(dora, "Of the staff."), bob)
    assert browse(dora).get(case.get_absolute_url()).status_code == 404


def test_one_takes_a_case_and_gives_it_back(
    browse: Browse, case: Case, dora: User, make_user: MakeUser
) -> None:
    erik = make_user("erik", is_staff=True)
    hold = f"{case.get_absolute_url()}hold/"
    browse(dora).post(hold, {"act": "take"})
    browse(erik).post(hold, {"act": "take"})
    case.refresh_from_db()
    assert case.owner_id == dora.pk
    assert "dora looks after it" in browse(erik).get(case.get_absolute_url()).content.decode().lower()
    browse(dora).post(hold, {"act": "give-back"})
    case.refresh_from_db()
    assert not case.owner_id
    assert browse(dora).post(hold, {"act": "burn"}).status_code == 400


@pytest.mark.both_databases
def test_the_second_of_two_reviewers_sees_what_the_first_decided(
    browse: Browse, case: Case, dora: User, make_user: MakeUser, post: Post
) -> None:
    erik = make_user("erik", is_staff=True)
    stale = Case.objects.get(pk=case.pk)
    actions.decide(dora, case, "dismiss")
    with pytest.raises(actions.AlreadyDecidedError) as first:
        actions.decide(erik, stale, "remove", "Spam.")
    assert first.value.decision.by == dora
    browser = browse(erik)
    browser.post(f"{case.get_absolute_url()}decide/", {"action": "remove", "words": "Spam."})
    page = browser.get(case.get_absolute_url()).content.decode()
    assert "Dora decided this before you." in page
    assert "Nothing is wrong with it" in page
    post.refresh_from_db()
    assert post.withheld == ""
    [entry] = Entry.objects.filter(action="moderation_decided")
    assert (entry.actor_id, entry.outcome) == (dora.pk, audit.DONE)


def test_the_number_of_queries_does_not_grow_with_the_queue(
    browse: Browse, flagged: FlagIt, alice: User, bob: User, chloe: User, dora: User, count_queries: object
) -> None:
    staff = browse(dora)

    def count() -> int:
        return int(count_queries(lambda: staff.get("/moderation/")))  # type: ignore[operator]

    case = flagged(community.create_post(alice, "One."), bob)
    one, one_case = count(), int(count_queries(lambda: staff.get(case.get_absolute_url())))  # type: ignore[operator]
    for number in range(3):
        flagged(community.create_post(alice, f"More {number}."), bob)
        actions.take(dora, flagged(community.create_post(chloe, f"Other {number}."), bob))
    flagged(case_thing(case), chloe)
    assert count() == one
    assert int(count_queries(lambda: staff.get(case.get_absolute_url()))) == one_case  # type: ignore[operator]


def case_thing(case: Case) -> Post:
    return Post.objects.get(pk=case.target_id)
