"""What new members may do a day, and how they stop being new."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions as community
from community.models import Post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limited(settings: Settings) -> None:
    settings.NEW_MEMBERS_LIMITED = True
    settings.NEW_MEMBER_POSTS = settings.NEW_MEMBER_COMMENTS = 2
    settings.NEW_MEMBER_LINKS = 2
    settings.NEW_MEMBER_MENTIONS_AT_ONCE, settings.NEW_MEMBER_MENTIONS = 2, 3


def test_a_new_member_writes_so_much_a_day_and_goes_on_tomorrow(alice: User, bob: User) -> None:
    post = community.create_post(alice, "One.")
    community.create_post(alice, "Two.")
    with pytest.raises(ValidationError, match="tomorrow"):
        community.create_post(alice, "Three.")
    assert community.create_post(alice, "Two.").content == "Two.", "a double click is no third post"
    for words in ("One.", "Two."):
        community.comment(bob, post, words)
    with pytest.raises(ValidationError, match="tomorrow"):
        community.comment(bob, post, "Three.")
    tomorrow = timezone.now() + timedelta(hours=25)
    assert community.create_post(alice, "Three.", at=tomorrow)
    community.edit_post(alice, post, content="One, changed.")


def test_links_and_mentions_are_counted_over_the_day_and_in_edits(alice: User, bob: User) -> None:
    post = community.create_post(alice, "https://a.example https://b.example")
    community.edit_post(alice, post, content="https://a.example and https://b.example")
    with pytest.raises(ValidationError) as many:
        community.comment(alice, post, "www.c.example")
    assert "content" in many.value.message_dict
    with pytest.raises(ValidationError, match="at once"):
        community.comment(bob, post, "@alice @chloe @dora")
    community.comment(bob, post, "@alice @chloe")
    with pytest.raises(ValidationError, match="called many"):
        community.comment(bob, post, "@alice @dora")


def test_it_is_lifted_by_days_and_by_what_stands_and_never_holds_for_staff(
    settings: Settings, alice: User, bob: User, dora: User
) -> None:
    settings.NEW_MEMBER_APPROVED = 2
    for person in (alice, bob):
        person.date_joined -= timedelta(days=4)
        person.save()
    for number in range(4):
        community.create_post(alice, f"Post {number}.")
        community.create_post(dora, f"Post {number}.")
    for number in range(2):
        community.create_post(bob, f"Post {number}.")
    Post.objects.filter(author=bob).update(withheld="hidden")
    with pytest.raises(ValidationError, match="tomorrow"):
        community.create_post(bob, "What was hidden does not count.")
