"""Mail programs show all mail about one post as one thread, whichever of it comes first."""

import random
from collections import defaultdict
from email.message import EmailMessage, Message

import pytest
from django.core import mail

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.models import Level
from notifications.steering.levels import set_place_level

from .jwz import threads

pytestmark = pytest.mark.django_db(transaction=True)


def sent() -> list[Message]:
    return [message.message() for message in mail.outbox]


def about(number: int, references: str = "", in_reply_to: str = "") -> Message:
    message = EmailMessage()
    message["Message-ID"] = f"<{number}@x>"
    if references:
        message["References"] = references
    if in_reply_to:
        message["In-Reply-To"] = in_reply_to
    return message


def test_the_reference_algorithm_threads_as_its_author_says() -> None:
    chain = [about(1), about(2, "<1@x>"), about(3, "<1@x> <2@x>"), about(4, in_reply_to="<3@x>")]
    beside = [about(5, "<gone@x>"), about(6, "<gone@x>"), about(7)]
    loop = [about(8, "<9@x>"), about(9, "<8@x>")]
    expected = [{f"<{n}@x>" for n in some} for some in ((1, 2, 3, 4), (5, 6), (7,), (8, 9))]
    messages = chain + beside + loop
    for _ in range(10):
        random.shuffle(messages)
        found = threads(messages)
        assert sorted(map(sorted, found)) == sorted(map(sorted, expected))


def test_all_mail_about_one_thing_is_one_thread_in_every_mailbox(
    post: Post, private_post: Post, group: Group, alice: User, bob: User, chloe: User
) -> None:
    set_place_level(bob, group.pk, Level.WATCHING)
    mail.outbox.clear()
    for about_what in (post, private_post):
        actions.react(bob, about_what)
        for number in range(3):
            asked = actions.comment(bob, about_what, f"How is it, {number}?")
            actions.comment(alice, about_what, "Well.", parent=asked)
            actions.comment(alice, about_what, f"What does @bob say, {number}?")
    actions.comment(chloe, post, "Are there any left, @bob?")
    other = actions.create_post(bob, "@alice and I have another idea", title="Another", group=group)
    actions.comment(alice, other, "Which?")

    mailboxes: dict[str, list[Message]] = defaultdict(list)
    for message in sent():
        mailboxes[message["To"]].append(message)
    assert {address: len(messages) for address, messages in mailboxes.items()} == {
        "alice@example.com": 10,
        "bob@example.com": 14,
    }
    things = {f"post.{thing.pk}" for thing in (post, private_post, other)}
    for messages in mailboxes.values():
        random.shuffle(messages)
        of_thing: dict[str, set[str]] = defaultdict(set)
        for message in messages:
            of_thing[message["References"].strip("<>").partition("@")[0]].add(message["Message-ID"])
        assert of_thing.keys() == things
        assert sorted(map(sorted, threads(messages))) == sorted(map(sorted, of_thing.values()))


def test_each_mail_has_an_id_of_its_own(post: Post, alice: User, bob: User, chloe: User) -> None:
    mine = actions.comment(bob, post, "Who else? @chloe, @alice?")
    actions.comment(alice, post, "I @chloe", parent=mine)
    names = [message["Message-ID"] for message in sent()]
    assert len(names) == len(set(names)) == 4
