"""Who is shown what of it: on the profile, on its own page and by the API."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from audit.models import Entry as Record
from community import actions
from community.models import Post
from notifications.outbox import pipeline
from notifications.upkeep import schedule
from reputation.jobs import COMPARE, KEEP
from reputation.models import Standing
from reputation.tests.scenes import keep_up

pytestmark = pytest.mark.django_db
Browse = Callable[[User], Client]
Api = Callable[[User], APIClient]


@pytest.fixture(autouse=True)
def on(settings: Settings) -> None:
    settings.REPUTATION = True


@pytest.fixture
def counted(alice: User, bob: User, post: Post, private_post: Post) -> None:
    actions.react(bob, post)
    actions.react(bob, private_post)
    keep_up()


def things(viewer: User, api: Api) -> set[str]:
    shown = api(viewer).get("/api/users/alice/reputation").json()
    assert shown["total"] == 6
    return {reason["thing"] for reason in shown["reasons"]}


@pytest.mark.usefixtures("counted")
def test_everybody_reads_the_sum_and_only_members_what_a_private_group_has_of_it(
    alice: User, bob: User, chloe: User, api: Api, browse: Browse
) -> None:
    assert things(chloe, api) == {"Seedlings to give away"}
    assert things(bob, api) == things(alice, api) == {"Seedlings to give away", "The heating"}
    page = browse(chloe).get("/u/alice/reputation/").content.decode()
    assert "The heating" not in page
    assert "6 points" in page
    assert "Bob" not in page  # who thanked is nobody's to read
    assert "6 points" in browse(chloe).get("/u/alice/").content.decode()


@pytest.mark.usefixtures("counted")
def test_what_was_taken_back_is_told_to_the_person_alone(
    alice: User, bob: User, chloe: User, post: Post, api: Api
) -> None:
    actions.delete_post(alice, post)
    keep_up()
    mine, theirs = (
        api(viewer).get("/api/users/alice/reputation").json()["reasons"] for viewer in (alice, bob)
    )
    gone = [(reason["points"], reason["thing"]) for reason in mine if reason["points"] < 0]
    assert sorted(gone) == [(-2, ""), (-1, "")]
    assert {reason["thing"] for reason in theirs} == {"The heating"}


@pytest.mark.usefixtures("counted")
def test_whoever_hides_it_shows_it_to_nobody_but_the_staff(
    alice: User, bob: User, chloe: User, api: Api, browse: Browse
) -> None:
    browse(alice).post(reverse("choose-reputation"), {"hide": "1"})
    assert browse(bob).get("/u/alice/reputation/").status_code == 404
    assert api(bob).get("/api/users/alice/reputation").status_code == 404
    assert "6 points" not in browse(bob).get("/u/alice/").content.decode()
    assert "6 points" in browse(alice).get("/u/alice/").content.decode()
    User.objects.filter(pk=chloe.pk).update(is_staff=True)
    chloe.refresh_from_db()
    assert browse(chloe).get("/u/alice/reputation/").status_code == 200
    answer = api(alice).patch("/api/users/me/reputation", {"is_hidden": False}, format="json")
    assert answer.json()["is_hidden"] is False
    assert api(bob).get("/api/users/alice/reputation").status_code == 200


@pytest.mark.usefixtures("counted")
def test_the_queries_do_not_grow_with_the_reasons(
    alice: User, bob: User, api: Api, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def ask() -> object:
        return api(bob).get("/api/users/alice/reputation")

    few = count_queries(ask)
    for number in range(4):
        actions.comment(alice, actions.create_post(bob, f"Number {number}"), "Yes.")
    keep_up()
    assert count_queries(ask) <= few + 1  # the first comment among them is fetched with its post


@pytest.mark.usefixtures("counted")
def test_staff_with_the_right_count_again_and_the_log_keeps_it(
    alice: User, bob: User, browse: Browse
) -> None:
    Standing.objects.filter(person=alice).update(total=99)
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    bob.user_permissions.set(Permission.objects.filter(codename="view_standing"))
    asked = {"action": "recalculate", "_selected_action": [alice.pk]}
    address = reverse("admin:reputation_standing_changelist")
    browse(bob).post(address, asked)
    assert Standing.objects.get(person=alice).total == 99
    bob.user_permissions.set(Permission.objects.filter(codename__in=["view_standing", "change_standing"]))
    browse(bob).post(address, asked)
    assert Standing.objects.get(person=alice).total == 6
    record = Record.objects.get(action="reputation_recalculated")
    assert record.metadata == {"before": 99, "after": 6}


def test_a_like_is_points_and_a_badge_by_the_jobs_of_the_site(
    alice: User, bob: User, api: Api, browse: Browse
) -> None:
    for job in (KEEP, COMPARE):
        schedule.register(job)
    try:
        actions.react(bob, actions.create_post(alice, "Seedlings to give away."))
        schedule.run_due("here")
    finally:
        for job in (KEEP, COMPARE):
            del schedule._jobs[job.name]
    pipeline.drain()
    assert "3 points" in browse(bob).get("/u/alice/").content.decode()
    told = api(alice).get("/api/notifications?type=BADGE").json()["notifications"]
    assert [one["title"] for one in told] == ["You earned a badge: “First words”"]
