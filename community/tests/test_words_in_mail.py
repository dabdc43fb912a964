"""What is said in a private group leaves the site only where the group and the site say so."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.models import Delivery, Level
from notifications.steering.levels import set_place_level

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("Tenants", "tenants", "number-nine", "heating", "Between us", "Alice", "Bob")
SAID = ("It is cold", "ask @bob", "The boiler", "May I bring tea", "You may")


def everything_happens(group: Group, private_post: Post, alice: User, bob: User, chloe: User) -> list[str]:
    """What was mailed about it, to the last header; without what belongs to the reader."""
    set_place_level(bob, group.pk, Level.WATCHING)
    Delivery.objects.all().delete()  # else one who came a moment ago holds back the mail about the next
    mail.outbox.clear()
    actions.react(bob, private_post)
    actions.comment(bob, private_post, "It is cold")
    mine = actions.comment(bob, private_post, "May I bring tea?")
    actions.comment(alice, private_post, "You may", parent=mine)
    actions.comment(alice, private_post, "Let us ask @bob")
    actions.create_post(alice, "The boiler again", title="More heating", group=group)
    actions.accept_request(alice, actions.join_group(chloe, group))
    sources = []
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        [(html, _type)] = message.alternatives
        headers = [
            f"{name}: {value}" for name, value in message.message().items() if name not in ("To", "Date")
        ]
        sources.append("\n".join([*headers, str(message.body), str(html)]))
    assert len(sources) == 8
    return sources


def test_a_mail_of_a_private_group_says_that_something_happened_and_not_a_word_of_it(
    group: Group, private_post: Post, alice: User, bob: User, chloe: User
) -> None:
    for source in everything_happens(group, private_post, alice, bob, chloe):
        assert "private group" in source
        assert not [word for word in NAMES + SAID if word in source]
    assert {message.subject for message in mail.outbox} == {
        "Somebody liked a post of yours in a private group",
        "There is a new comment for you in a private group",
        "Somebody replied to you in a private group",
        "Somebody mentioned you in a private group",
        "There is a new post in a private group",
        "Somebody asks to join a private group that you look after",
        "A private group that you asked to join took you in",
    }


def test_a_private_group_can_show_its_words(
    group: Group, private_post: Post, alice: User, bob: User, chloe: User
) -> None:
    actions.edit_group(alice, group, words_in_mail=True)
    sources = "\n".join(everything_happens(group, private_post, alice, bob, chloe))
    assert all(word in sources for word in SAID)
    assert "Bob liked “The heating”" in sources
    assert "List-Id: Tenants of number nine <group-" in sources
    assert "tenants-of-number-nine." not in sources


def test_the_site_has_the_last_word(
    group: Group, private_post: Post, alice: User, bob: User, chloe: User, settings: Settings
) -> None:
    settings.PRIVATE_WORDS_IN_MAIL = False
    actions.edit_group(alice, group, words_in_mail=True)
    for source in everything_happens(group, private_post, alice, bob, chloe):
        assert not [word for word in NAMES + SAID if word in source]


def test_a_mail_of_a_group_for_everybody_shows_the_words(alice: User, bob: User) -> None:
    garden = actions.create_group(alice, "Open garden")
    actions.comment(bob, actions.create_post(alice, "Come all", group=garden), "Gladly")
    assert "Gladly" in str(mail.outbox[-1].body)


def test_the_owner_chooses_on_the_page_of_the_group(group: Group, alice: User, browse: object) -> None:
    browser = browse(alice)  # type: ignore[operator]
    page = browser.get(f"/groups/{group.slug}/edit/").content.decode()
    assert "Show in emails what is written here" in page
    fields = {"name": group.name, "description": "", "is_private": "on", "words_in_mail": "on"}
    assert browser.post(f"/groups/{group.slug}/edit/", fields).status_code == 302
    group.refresh_from_db()
    assert group.words_in_mail
