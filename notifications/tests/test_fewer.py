"""“Fewer of these” changes exactly the rule that let something through, says so, and is undone."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications import kinds
from notifications.models import DecidedBy, Delivery, Level, Notification, NotificationPreference, Rule
from notifications.outgoing import sending
from notifications.steering.fewer import Change, change_for
from notifications.steering.why import RULES, read_link, why_url
from notifications.tests.test_quiet_summary import let_them_end, quiet_now

pytestmark = pytest.mark.django_db(transaction=True)
Browse = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize(
    ("kind", "decided_by", "in_the_inbox", "by_mail"),
    [
        ("COMMENT", "", Change.MUTE_THREAD, Change.KIND_NO_MAIL),
        ("MENTION", "preset", Change.MUTE_THREAD, Change.KIND_NO_MAIL),
        ("LIKE", "", Change.KIND_OFF, Change.KIND_NO_MAIL),
        ("GROUP_POST", "", Change.MUTE_PLACE, Change.KIND_NO_MAIL),
        ("GROUP_POST", "watch_place", Change.UNWATCH_PLACE, Change.UNWATCH_PLACE),
        ("COMMENT", "watch_thread", Change.UNWATCH_THREAD, Change.UNWATCH_THREAD),
        ("COMMENT", "thread", Change.MUTE_THREAD, Change.THREAD_NO_MAIL),
        ("COMMENT", "place", Change.MUTE_PLACE, Change.PLACE_NO_MAIL),
        ("COMMENT", "kind", Change.KIND_OFF, Change.KIND_NO_MAIL),
        ("LOGIN", "", Change.CATEGORY_OFF, Change.CATEGORY_NO_MAIL),
    ],
)
def test_the_rule_that_decided_is_the_one_that_changes(
    kind: str, decided_by: str, in_the_inbox: Change, by_mail: Change
) -> None:
    rule = DecidedBy(decided_by)
    assert change_for(kinds.type_names[kind], rule, by_mail=False) == in_the_inbox
    assert change_for(kinds.type_names[kind], rule, by_mail=True) == by_mail


def test_every_change_and_every_rule_has_its_words() -> None:
    assert all(change.said and change.label for change in Change)
    assert set(RULES) == set(DecidedBy)


def reaches(alice: User, bob: User, post: Post, words: str) -> bool:
    Notification.objects.of(alice).delete()
    actions.comment(bob, post, words)
    return Notification.objects.of(alice).exists()


def test_one_click_under_an_item_and_its_undoing(post: Post, alice: User, bob: User, browse: Browse) -> None:
    actions.comment(bob, post, "Hello")
    client = browse(alice)
    row = Notification.objects.get(kind="COMMENT")
    page = client.get("/notifications/").content.decode()
    assert f'action="/notifications/{row.pk}/fewer/"' in page

    said = client.post(f"/notifications/{row.pk}/fewer/", headers=HTMX).content.decode()
    assert "This post is muted" in said
    assert Rule.objects.get().level == Level.MUTED
    undo = re.findall(r'name="undo" value="([^"]+)"', said)[0]
    assert not reaches(alice, bob, post, "While muted")

    row.save()  # back again
    again = client.post(f"/notifications/{row.pk}/fewer/undo/", {"undo": undo}, headers=HTMX)
    assert "fewer of these" in again.content.decode()
    assert not Rule.objects.exists()
    assert reaches(alice, bob, post, "And after")


def test_without_scripts_the_page_says_what_was_done(
    post: Post, alice: User, bob: User, browse: Browse
) -> None:
    actions.react(bob, post)
    row, client = Notification.objects.get(), browse(alice)
    why = client.get(f"/notifications/{row.pk}/why/").content.decode()
    assert "Because you wrote it." in why
    assert "It was mailed to you as well." in why
    assert "You have chosen nothing about it" in why
    assert "Tell me nothing more of this kind" in why

    done = client.post(f"/notifications/{row.pk}/fewer/", follow=True).content.decode()
    assert "You are not told of this kind any more" in done
    rule = Rule.objects.get()
    assert (rule.scope, rule.type, rule.in_app, rule.email) == ("kind", "LIKE", False, False)
    undo = re.findall(r'name="undo" value="([^"]+)"', done)[0]
    assert (
        "It is as it was."
        in client.post(f"/notifications/{row.pk}/fewer/undo/", {"undo": undo}, follow=True).content.decode()
    )
    assert not Rule.objects.exists()


def test_undoing_brings_back_what_there_was(post: Post, alice: User, bob: User, browse: Browse) -> None:
    Rule.objects.create(user=alice, scope="kind", type="LIKE", in_app=True, push=False)
    actions.react(bob, post)
    row, client = Notification.objects.get(), browse(alice)
    said = client.post(f"/notifications/{row.pk}/fewer/", headers=HTMX).content.decode()
    undo = re.findall(r'name="undo" value="([^"]+)"', said)[0]
    client.post(f"/notifications/{row.pk}/fewer/undo/", {"undo": undo})
    rule = Rule.objects.get()
    assert (rule.in_app, rule.email, rule.push) == (True, None, False)


def test_whoever_watches_a_group_goes_back_to_normal(
    group: Group, alice: User, bob: User, browse: Browse
) -> None:
    Rule.objects.create(user=bob, scope="place", place_id=group.pk, level="watching")
    actions.create_post(alice, "Between us.", group=group)
    row = Notification.objects.get(recipient=bob, kind="GROUP_POST")
    client = browse(bob)
    assert "You watch this group" in client.get(f"/notifications/{row.pk}/why/").content.decode()
    client.post(f"/notifications/{row.pk}/fewer/")
    assert not Rule.objects.exists()


def test_an_undoing_of_somebody_else_or_of_nobody_does_nothing(
    post: Post, alice: User, bob: User, chloe: User, browse: Browse
) -> None:
    actions.react(bob, post)
    theirs = actions.create_post(chloe, "Mine")
    actions.react(bob, theirs)
    row, other = (Notification.objects.get(recipient=person) for person in (alice, chloe))
    said = browse(alice).post(f"/notifications/{row.pk}/fewer/", headers=HTMX).content.decode()
    undo = re.findall(r'name="undo" value="([^"]+)"', said)[0]
    for text in (undo, "forged", ""):
        answer = browse(chloe).post(f"/notifications/{other.pk}/fewer/undo/", {"undo": text}, follow=True)
        assert "too long ago" in answer.content.decode()
    assert Rule.objects.get().user == alice
    assert (
        "too long ago" not in browse(chloe).get(f"/notifications/{other.pk}/why/?did={undo}").content.decode()
    )


def link_in(message: object) -> str:
    assert isinstance(message, EmailMultiAlternatives)
    path = re.findall(r"http://[^/]+(/notifications/why/\S+)", str(message.body))[0]
    assert path in str(message.alternatives[0][0])
    return str(path)


def test_the_link_in_a_mail_works_signed_out_and_changes_nothing_on_looking(
    post: Post, alice: User, bob: User
) -> None:
    actions.comment(bob, post, "A secret word")
    link, stranger = link_in(mail.outbox[0]), Client(enforce_csrf_checks=True)
    for method in (stranger.get, stranger.head):
        assert method(link).status_code == 200
    page = stranger.get(link).content.decode()
    assert "No more mails of this kind" in page
    for private in ("secret", "Seedlings", "Bob", "alice", "Alice"):
        assert private not in page
    assert not Rule.objects.exists()

    done = stranger.post(link, {"of": str(Delivery.objects.get().pk)})
    assert "No more mails of it." in done.content.decode()
    assert not done.cookies
    assert Rule.objects.get().email is False
    actions.comment(bob, post, "Again")
    assert len(mail.outbox) == 1
    undo = re.findall(r'name="undo" value="([^"]+)"', done.content.decode())[0]
    stranger.post(link, {"undo": undo})
    assert not Rule.objects.exists()


def test_the_link_in_a_summary_offers_each_change_once(
    post: Post, alice: User, bob: User, chloe: User, browse: Browse
) -> None:
    quiet_now(alice)
    actions.comment(bob, post, "One")
    actions.comment(chloe, post, "Two")
    actions.react(bob, post)
    let_them_end()
    link = link_in(mail.outbox[0])
    page = Client().get(link).content.decode()
    assert "the end of your quiet hours" in page
    assert page.count("No more mails of this kind") == 2
    for reader, knows in ((alice, True), (chloe, False)):
        assert ("“Seedlings to give away”" in browse(reader).get(link).content.decode()) == knows


def test_nobody_makes_a_change_through_the_link_of_another_mail(
    post: Post, alice: User, bob: User, chloe: User
) -> None:
    actions.react(bob, post)
    actions.react(bob, actions.create_post(chloe, "Mine"))
    hers = Delivery.objects.get(recipient=chloe)
    Client().post(link_in(mail.outbox[0]), {"of": str(hers.pk)})
    assert not Rule.objects.exists()


@pytest.mark.parametrize("token", ["x", "1", "1:forged", "é", "%00", "a" * 2000])
def test_a_forged_link_is_not_found(token: str) -> None:
    assert Client().get(f"/notifications/why/{token}/").status_code == 404


def test_a_mail_that_is_not_kept_any_more_has_no_page(post: Post, bob: User) -> None:
    actions.react(bob, post)
    link = link_in(mail.outbox[0])
    assert read_link(why_url(Delivery.objects.get()).split("/")[-2])
    Delivery.objects.all().delete()
    assert Client().get(link).status_code == 404


def test_what_keeps_an_account_safe_obeys_its_category(alice: User, browse: Browse) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "alice@example.com", "password": "correct-horse-battery"})
    row = Notification.objects.get(kind="LOGIN")
    client.post(f"/notifications/{row.pk}/fewer/")
    stored = NotificationPreference.objects.get()
    assert (stored.notification_type, stored.in_app_enabled) == ("account", False)


def test_what_waits_follows_at_once(post: Post, alice: User, bob: User, browse: Browse) -> None:
    quiet_now(alice)
    actions.comment(bob, post, "Hello")
    row = Notification.objects.get()
    browse(alice).post(f"/notifications/{row.pk}/fewer/")
    let_them_end()
    with sending.Lane("test") as lane:
        assert not lane.send_next()
    assert mail.outbox == []
