"""Rules of the staff: what they find, what becomes of it, and that nobody can make them slow."""

import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from community import actions as community
from community.models import Comment, Post
from conftest import Browse
from moderation import actions
from moderation.matching import Text, clean_pattern, matches
from moderation.models import Case, WordRule
from notifications.models import Notification
from notifications.outbox import pipeline

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(dora: User) -> Any:
    def rule(pattern: str, then: str = "refuse", kind: str = "word") -> WordRule:
        return actions.add_rule(dora, kind=kind, pattern=pattern, then=then)

    return rule


@pytest.mark.parametrize(
    ("kind", "pattern", "text", "found"),
    [
        ("word", "casino", "The CASINO, again", True),
        ("word", "casino", "casinos", False),
        ("word", "casino*", "casinos", True),
        ("word", "*coin", "a bitcoin here", True),
        ("word", "*coin", "coined", False),
        ("word", "free money", "free,\n **money**!", True),
        ("word", "free money", "free your money", False),
        ("word", "Café", "at the cafe", True),
        ("word", "casino", "cas\u200bino", True),
        ("domain", "evil.example", "see https://www.evil.example/x?y", True),
        ("domain", "evil.example", "see evil.example.", True),
        ("domain", "evil.example", "see https://good.example@evil.example/", True),
        ("domain", "evil.example", "see notevil.example", False),
        ("domain", "https://Evil.example/path", "evil.example", True),
    ],
)
def test_a_rule_finds_whole_words_and_domains(kind: str, pattern: str, text: str, found: bool) -> None:
    rule = WordRule(kind=kind, pattern=clean_pattern(kind, pattern))
    assert matches(rule, Text.of(text)) == found


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        ("word", "*"),
        ("word", "a*b c"),
        ("word", "!!"),
        ("word", "*a*"),
        ("domain", "nothing"),
        ("domain", "a.example b.example"),
    ],
)
def test_what_would_find_nothing_or_everything_is_no_rule(rule: Any, kind: str, pattern: str) -> None:
    with pytest.raises(ValidationError) as error:
        rule(pattern, kind=kind)
    assert "pattern" in error.value.message_dict


def test_no_text_makes_a_rule_slow() -> None:
    rules = [WordRule(kind="word", pattern="*aaaaaaaaab*"), WordRule(kind="domain", pattern="a.example")]
    began = time.thread_time()
    for text in ("a" * 20_000, "a." * 10_000, "a-" * 10_000, "@a " * 6_000):
        prepared = Text.of(text)
        assert not any(matches(rule, prepared) for rule in rules)
    assert time.thread_time() - began < 2


def test_what_is_refused_is_said_at_its_field_and_written_nowhere(
    browse: Browse, api: Any, rule: Any, alice: User, post: Post
) -> None:
    rule("casino")
    answer = api(alice).post("/api/posts", {"content": "Fine.", "title": "Casino night"}, format="json")
    assert (answer.status_code, set(answer.json())) == (400, {"title"})
    assert "casino" in answer.json()["title"][0]
    page = browse(alice).post(f"/posts/{post.pk}/edit/", {"content": "A casino."})
    assert page.status_code == 422
    assert "cannot be posted here" in page.content.decode()
    comment = community.comment(alice, post, "Fine.")
    for refused in (
        lambda: community.comment(alice, post, "Casino!"),
        lambda: community.edit_comment(alice, comment, "Casino!"),
        lambda: community.create_group(alice, "Casino"),
    ):
        with pytest.raises(ValidationError):
            refused()
    assert not Post.objects.filter(content__icontains="casino").exists()
    assert not Comment.objects.filter(content__icontains="casino").exists()


@pytest.mark.both_databases
def test_what_is_held_is_told_when_somebody_has_looked_at_it(
    browse: Browse, rule: Any, alice: User, bob: User, chloe: User, dora: User
) -> None:
    rule("casino", "hold")
    post = community.create_post(alice, "@bob, a casino!")
    assert browse(alice).get(post.get_absolute_url()).status_code == 200
    assert browse(chloe).get(post.get_absolute_url()).status_code == 404
    pipeline.drain()
    assert not Notification.objects.filter(kind="MENTION").exists()
    case = Case.objects.get()
    assert "A rule of this site stopped it" in browse(dora).get(case.get_absolute_url()).content.decode()
    actions.decide(dora, case, "dismiss")
    pipeline.drain()
    assert browse(chloe).get(post.get_absolute_url()).status_code == 200
    assert [row.recipient_id for row in Notification.objects.filter(kind="MENTION")] == [bob.pk]
    assert Notification.objects.filter(kind="MODERATION", recipient=alice).exists()


def test_an_edit_is_looked_through_as_well(rule: Any, alice: User, bob: User, post: Post) -> None:
    rule("casino", "hold")
    rule("bitcoin", "flag")
    comment = community.comment(bob, post, "Fine.")
    community.edit_comment(bob, comment, "A casino.")
    assert Comment.objects.get(pk=comment.pk).withheld == "held"
    community.edit_post(alice, post, content="For bitcoin.")
    assert Post.objects.get(pk=post.pk).withheld == ""
    assert Case.objects.open().count() == 2


def test_what_somebody_says_of_themselves_is_looked_through_too(
    browse: Browse, api: Any, rule: Any, alice: User
) -> None:
    rule("casino")
    rule("bitcoin", "hold")
    page = browse(alice).post(
        "/accounts/profile/",
        {"name": "Alice", "username": "alice", "bio": "My casino.", "time_zone": "UTC", "language": "en"},
    )
    assert page.status_code == 422
    assert set(api(alice).patch("/api/users/me", {"bio": "Casino"}, format="json").json()) == {"bio"}
    assert api(alice).patch("/api/users/me", {"bio": "For bitcoin"}, format="json").status_code == 200
    assert Case.objects.get().subject_key == ("profile", alice.pk)


def test_staff_add_and_remove_rules_on_a_page(browse: Browse, alice: User, dora: User) -> None:
    staff = browse(dora)
    body = {"kind": "domain", "pattern": "Evil.example", "then": "refuse"}
    assert staff.post("/moderation/rules/", body).status_code == 303
    assert staff.post("/moderation/rules/", body | {"pattern": "*"}).status_code == 422
    rule = WordRule.objects.get()
    assert "evil.example" in staff.get("/moderation/rules/").content.decode()
    assert browse(alice).post(f"/moderation/rules/{rule.pk}/remove/").status_code == 403
    assert staff.post(f"/moderation/rules/{rule.pk}/remove/").status_code == 303
    assert not WordRule.objects.exists()
