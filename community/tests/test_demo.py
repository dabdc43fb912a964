"""The demo community: that its words hold together, and that it is there once and whole."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.demo import load, script
from community.models import Bookmark, Comment, Group, GroupMembership, Post, PostReaction
from community.text import mentioned_usernames
from conftest import MakeUser
from notifications.models import Delivery, Event, Notification

PEOPLE = {person.username for person in script.read_people()}
PLACES = script.read_places()
POSTS = [(place, post) for place in PLACES for post in place.posts]


def who_belongs(place: script.PlaceScript) -> set[str]:
    group = place.group
    return PEOPLE if group is None else {group.owner, *group.moderators, *group.members}


def test_thirty_people_live_there() -> None:
    assert len(PEOPLE) == 30
    assert {"ana", "ben", "chloe", "admin"} <= PEOPLE


def test_only_members_take_part_in_a_group() -> None:
    for place, post in POSTS:
        present = {post.author, *post.bookmarks, *(comment.author for comment in post.comments)}
        present |= {name for names in post.reactions.values() for name in names}
        assert present <= who_belongs(place), post.title


def test_only_those_who_can_answer_are_called() -> None:
    for place, post in POSTS:
        for text in (post.content, *(comment.content for comment in post.comments)):
            assert set(mentioned_usernames(text)) <= who_belongs(place), text


def test_everything_comes_after_what_it_answers_and_before_now() -> None:
    for _place, post in POSTS:
        assert 0 < post.days_ago < load.FOUNDED.days
        for comment in post.comments:
            answered = post.comments[comment.reply_to - 1].hours_later if comment.reply_to else 0
            assert answered < comment.hours_later <= post.days_ago * 24, comment.content


def test_reactions_are_of_the_kinds_that_there_are() -> None:
    for _place, post in POSTS:
        assert set(post.reactions) <= set(PostReaction.Type.values)


LITTLE = """
[group]
name = "Choir"
description = "Tuesdays."
is_private = true
owner = "chloe"
moderators = ["ana"]
members = ["ben"]

[[posts]]
author = "chloe"
days_ago = 5.0
title = "Rehearsal"
content = "Who comes, @ben?"
reactions = { like = ["ana", "ben"] }
bookmarks = ["ana"]
[[posts.comments]]
author = "ben"
hours_later = 2.0
content = "I do."
[[posts.comments]]
author = "chloe"
hours_later = 118.0
content = "Good."
reply_to = 1
"""


@pytest.fixture
def little_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The people as they are, and one post in one private group."""
    for name, text in (
        ("people", (script.FOLDER / "people.toml").read_text(encoding="utf-8")),
        ("choir", LITTLE),
    ):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(script, "FOLDER", tmp_path)


def seed() -> str:
    said = io.StringIO()
    call_command("seed_demo", stdout=said)
    return said.getvalue()


@pytest.mark.both_databases
@pytest.mark.django_db
@pytest.mark.usefixtures("little_demo")
class TestALittleDemo:
    def test_everything_has_the_time_at_which_it_is_said_to_have_happened(self) -> None:
        before = timezone.now()
        seed()
        post, group = Post.objects.get(), Group.objects.get()
        assert timedelta(days=5) <= timezone.now() - post.created_at < timedelta(days=5, minutes=5)
        assert group.created_at < before - timedelta(days=25)
        assert group.memberships.exclude(joined_at__lt=post.created_at).count() == 0
        moments = [*Comment.objects.all(), *PostReaction.objects.all(), *Bookmark.objects.all()]
        assert all(post.created_at < row.created_at < before for row in moments)
        assert Comment.objects.get(content="Good.").parent == Comment.objects.get(content="I do.")

    def test_everybody_has_the_role_that_the_file_gives(self) -> None:
        seed()
        roles = GroupMembership.objects.active().values_list("user__username", "role")
        assert dict(roles) == {"chloe": "owner", "ana": "moderator", "ben": "member"}

    def test_people_can_sign_in_and_only_one_is_staff(self) -> None:
        seed()
        assert User.objects.get(username="ana").check_password("demo-password")
        assert list(User.objects.filter(is_staff=True).values_list("username", flat=True)) == ["admin"]
        assert User.objects.get(username="ana").email == "ana@example.com"

    def test_all_are_told_and_old_news_is_read(self) -> None:
        seed()
        assert not Event.objects.filter(state=Event.State.PENDING).exists()
        ben, ana = User.objects.get(username="ben"), User.objects.get(username="ana")
        assert list(Notification.objects.of(ben).unread().values_list("kind", flat=True)) == ["REPLY"]
        assert Notification.objects.of(ben).filter(kind="MENTION", read_at__isnull=False).exists()
        assert Notification.objects.of(ana).filter(kind="GROUP_POST").exists()

    def test_nobody_is_mailed_about_it(self, mailoutbox: list[object]) -> None:
        seed()
        assert not mailoutbox
        assert not Delivery.objects.exclude(state="skipped", reason="expired").exists()

    def test_a_second_run_changes_nothing_and_says_so(self) -> None:
        assert seed().startswith("Made the demo community: 30 people, 1 groups, 1 posts and 2 comments.")
        actions.delete_post(User.objects.get(username="chloe"), Post.objects.get())
        User.objects.filter(username="ben").update(name="Benjamin")
        assert seed() == "The demo community is here already; nothing was changed.\n"
        assert not Post.objects.exists()
        assert User.objects.get(username="ben").name == "Benjamin"

    def test_a_name_that_somebody_has_stops_it_before_anything_is_made(self, make_user: MakeUser) -> None:
        make_user("Greta", email="greta@other.example")
        with pytest.raises(CommandError, match="Greta"):
            seed()
        assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("little_demo")
def test_a_new_site_gets_it_when_it_is_prepared(settings: Settings, tmp_path: Path) -> None:
    settings.DEMO, settings.STATIC_ROOT = True, tmp_path / "static"
    settings.STATICFILES_FINDERS = []
    said = io.StringIO()
    call_command("prepare", stdout=said)
    call_command("prepare", stdout=said)
    assert "Made the demo community: 30 people" in said.getvalue()
    assert said.getvalue().endswith("Everything is ready; nothing had to be done.\n")
