"""Flagging: what one sees, once, within the day's limit, and unknown to whom it concerns."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions as community
from community.models import Group, Post
from conftest import Browse
from moderation import actions
from moderation.models import Case, Flag, Step
from moderation.subjects import subject_of

from .conftest import FlagIt

pytestmark = pytest.mark.django_db
SPAM = {"reason": "spam", "words": "Again."}


@pytest.mark.both_databases
def test_flags_of_one_thing_gather_in_one_case_and_twice_is_once(
    flagged: FlagIt, post: Post, bob: User, chloe: User
) -> None:
    case = flagged(post, bob)
    assert flagged(post, bob, "threat") == case
    assert flagged(post, chloe, "threat") == case
    case.refresh_from_db()
    assert (case.flags_count, Flag.objects.count()) == (2, 2)
    assert [step.what for step in case.steps.all()] == [Step.What.OPENED, Step.What.FLAGGED]
    assert case.due_at < timezone.now() + timedelta(hours=5), "a threat cannot wait for days"


def test_a_post_a_comment_a_profile_and_a_group_are_flagged_from_their_pages(
    browse: Browse, alice: User, bob: User, post: Post
) -> None:
    comment = community.comment(alice, post, "Rude.")
    group = community.create_group(alice, "Open to all")
    browser = browse(bob)
    for kind, thing, page in (
        ("post", post, post.get_absolute_url()),
        ("comment", comment, post.get_absolute_url()),
        ("profile", alice, alice.get_absolute_url()),
        ("group", group, group.get_absolute_url()),
    ):
        path = f"/moderation/flag/{kind}/{thing.pk}/"
        assert path in browser.get(page).content.decode()
        assert "What is wrong" in browser.get(path).content.decode()
        assert browser.post(path, {"reason": ""}).status_code == 422
        for _double_click in range(2):
            answer = browser.post(path, SPAM)
            assert (answer.status_code, answer["Location"]) == (303, thing.get_absolute_url())
    assert Flag.objects.count() == Case.objects.count() == 4


def test_with_htmx_the_form_opens_in_its_place_and_thanks_there(
    browse: Browse, bob: User, post: Post
) -> None:
    browser, path = browse(bob), f"/moderation/flag/post/{post.pk}/"
    form = browser.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "<form" in form
    assert "<html" not in form
    thanks = browser.post(path, SPAM, headers={"HX-Request": "true"}).content.decode()
    assert "Thank you" in thanks
    assert "<html" not in thanks


def test_nobody_flags_what_they_cannot_see_or_what_is_their_own(
    browse: Browse, alice: User, chloe: User, post: Post, private_post: Post, group: Group
) -> None:
    stranger = browse(chloe)
    for kind, pk in (("post", private_post.pk), ("group", group.pk), ("post", 10**6), ("tree", 1)):
        assert stranger.post(f"/moderation/flag/{kind}/{pk}/", SPAM).status_code == 404
    assert browse(alice).get(f"/moderation/flag/post/{post.pk}/").status_code == 403
    with pytest.raises(PermissionDenied):
        actions.flag(alice, subject_of(post), "spam")
    assert not Flag.objects.exists()


def test_whoever_flags_all_day_goes_on_tomorrow(
    settings: Settings, flagged: FlagIt, alice: User, bob: User, post: Post
) -> None:
    settings.FLAGS_PER_DAY = 1
    flagged(post, bob)
    other = community.create_post(alice, "Another.")
    with pytest.raises(ValidationError, match="tomorrow"):
        flagged(other, bob)
    actions.flag(bob, subject_of(other), "spam", at=timezone.now() + timedelta(hours=25))


def test_something_else_needs_words(flagged: FlagIt, post: Post, bob: User) -> None:
    with pytest.raises(ValidationError):
        flagged(post, bob, "other")
    with pytest.raises(ValidationError):
        flagged(post, bob, "rule")
    flagged(post, bob, "other", "It is a trick.")
