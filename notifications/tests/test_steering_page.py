"""Presets, kinds one by one, what is watched, muted and blocked: on the preferences page and in the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, Post
from notifications.models import Block, Category, NotificationPreference, PresetChoice, Rule
from notifications.outgoing.unsubscribing import set_email
from notifications.steering.blocking import block
from notifications.steering.preferring import set_preferences
from notifications.steering.presets import preset_of

pytestmark = pytest.mark.django_db
PREFERENCES = "/notifications/preferences/"
Browse = Callable[[User], Client]
Api = Callable[[User | None], APIClient]
SWITCHES = {f"{name}_enabled": "on" for name in ("community-in_app", "community-email")} | {
    f"{name}_enabled": "on" for name in ("account-in_app", "account-email")
}


def test_a_kind_is_switched_by_itself(alice: User, browse: Browse) -> None:
    client = browse(alice)
    client.post(PREFERENCES, SWITCHES | {"kind-LIKE-email": "off", "kind-MENTION-email": ""})
    rule = Rule.objects.get(user=alice)
    assert (rule.scope, rule.type, rule.in_app, rule.email) == ("kind", "LIKE", None, False)
    html = client.get(PREFERENCES).content.decode()
    assert html.count("<details open>") == 1
    assert html.count('value="off" selected') == 1
    client.post(PREFERENCES, SWITCHES)  # a page of an older version says nothing of kinds
    assert Rule.objects.count() == 1
    client.post(PREFERENCES, SWITCHES | {"kind-LIKE-email": ""})
    assert not Rule.objects.exists()


def test_what_holds_by_itself_is_said(alice: User, browse: Browse) -> None:
    def words(name: str) -> str:
        html = browse(alice).get(PREFERENCES).content.decode()
        select = html[html.index(f'name="{name}"') :]
        return select[select.index("as above") : select.index("</option>")]

    assert words("kind-LIKE-email") == words("kind-GROUP_POST-in_app") == "as above: on"
    assert words("kind-GROUP_POST-email") == "as above: off"
    PresetChoice.objects.create(user=alice, preset="quiet")
    assert words("kind-LIKE-email") == words("kind-GROUP_POST-in_app") == "as above: off"
    assert words("kind-MENTION-email") == "as above: on"


def test_what_keeps_an_account_safe_has_no_switch_by_kind(alice: User, browse: Browse, api: Api) -> None:
    html = browse(alice).get(PREFERENCES).content.decode()
    assert "kind-LIKE-in_app" in html
    assert "kind-SIGNUP" not in html
    answer = api(alice).put("/api/notifications/rules", {"type": "LOGIN", "in_app": False}, format="json")
    assert (answer.status_code, set(answer.json())) == (400, {"type"})


def test_a_preset_is_chosen_at_once_where_nothing_is_lost(alice: User, bob: User, browse: Browse) -> None:
    client = browse(alice)
    assert 'value="normal" aria-pressed="true"' in client.get(PREFERENCES).content.decode()
    client.post(f"{PREFERENCES}preset/", {"preset": "quiet"})
    assert 'value="quiet" aria-pressed="true"' in client.get(PREFERENCES).content.decode()
    assert preset_of(bob) == "normal"
    client.post(f"{PREFERENCES}preset/", {"preset": "normal"})
    assert not PresetChoice.objects.exists()
    assert client.post(f"{PREFERENCES}preset/", {"preset": "loud"}).status_code == 400


def test_a_preset_asks_before_it_discards(alice: User, group: Group, browse: Browse) -> None:
    client = browse(alice)
    client.post(PREFERENCES, {"kind-LIKE-email": "off"})  # and every switch
    actions.follow_group(alice, group, "muted")
    asked = client.post(f"{PREFERENCES}preset/", {"preset": "everything"}).content.decode()
    assert "2 choices of your own are discarded" in asked
    assert preset_of(alice) == "normal"
    client.post(f"{PREFERENCES}preset/", {"preset": "everything", "sure": "1"})
    assert preset_of(alice) == "everything"
    assert [rule.scope for rule in Rule.objects.all()] == ["place"]
    rows = {row.notification_type: row.email_enabled for row in NotificationPreference.objects.all()}
    assert rows == {"community": True, "account": False}


def test_what_is_watched_muted_and_blocked_is_listed_with_a_way_back(
    post: Post, group: Group, alice: User, bob: User, browse: Browse
) -> None:
    actions.follow_post(alice, post, "watching")
    actions.follow_group(alice, group, "muted")
    block(alice, bob)
    client = browse(alice)
    html = client.get(PREFERENCES).content.decode()
    assert "A post: Watching" in html
    assert "A group: Muted" in html
    assert 'href="/u/bob/">Bob</a>' in html
    for rule in Rule.objects.all():
        assert browse(bob).post(f"{PREFERENCES}rules/{rule.pk}/forget/").status_code == 404
        client.post(f"{PREFERENCES}rules/{rule.pk}/forget/")
    client.post(f"{PREFERENCES}blocks/{bob.pk}/unblock/")
    assert not Rule.objects.exists()
    assert not Block.objects.exists()


def test_the_name_of_what_one_may_not_see_any_more_is_kept_back(
    group: Group, alice: User, bob: User, browse: Browse
) -> None:
    actions.follow_group(bob, group, "muted")
    actions.leave_group(bob, group)
    html = browse(bob).get(PREFERENCES).content.decode()
    assert "Tenants of number nine" not in html
    assert "Something you cannot see at present" in html


def test_the_queries_of_the_page_do_not_grow(
    post: Post, group: Group, alice: User, bob: User, chloe: User, browse: Browse, count_queries: Any
) -> None:
    client = browse(alice)
    actions.follow_post(alice, post, "watching")
    actions.follow_group(alice, group, "muted")
    block(alice, bob)
    few = count_queries(lambda: client.get(PREFERENCES))
    for n in range(3):
        actions.follow_post(alice, actions.create_post(alice, f"Post {n}"), "watching")
        actions.follow_group(alice, actions.create_group(alice, f"Group {n}"), "watching")
    block(alice, chloe)
    assert count_queries(lambda: client.get(PREFERENCES)) == few


def test_the_link_in_a_mail_ends_all_mail_of_its_category(alice: User, group: Group) -> None:
    Rule.objects.create(user=alice, scope="kind", type="LIKE", email=True)
    Rule.objects.create(user=alice, scope="place", place_id=group.pk, level="watching", email=True)
    Rule.objects.create(user=alice, scope="kind", type="SIGNUP", email=True)
    set_email(alice.pk, Category.COMMUNITY, enabled=False)
    assert list(Rule.objects.order_by("pk").values_list("scope", "email")) == [
        ("place", None),
        ("kind", True),
    ]


def test_the_api_sets_lists_and_deletes_rules(post: Post, alice: User, bob: User, api: Api) -> None:
    client = api(alice)
    answer = client.put("/api/notifications/rules", {"type": "LIKE", "email": False}, format="json").json()
    assert (answer["scope"], answer["type"], answer["in_app"], answer["email"]) == (
        "kind",
        "LIKE",
        None,
        False,
    )
    actions.follow_post(alice, post, "watching")
    listed = client.get("/api/notifications/rules").json()
    assert [(row["scope"], row["target_id"], row["level"]) for row in listed["results"]] == [
        ("thread", post.pk, "watching"),
        ("kind", None, ""),
    ]
    rule = f"/api/notifications/rules/{answer['id']}"
    assert api(bob).delete(rule).status_code == 404
    assert client.delete(rule).status_code == 204
    assert client.delete(rule).status_code == 404
    assert client.put("/api/notifications/rules", {"type": "LIKE"}, format="json").json()["id"] is None
    assert client.get("/api/notifications/rules").json()["total"] == 1


def test_the_api_sets_the_preset(alice: User, api: Api) -> None:
    set_preferences(alice, {Category.COMMUNITY: {"email_enabled": False, "email_frequency": "daily"}})
    client = api(alice)
    assert client.get("/api/notifications/preset").json() == {"preset": "normal"}
    assert client.put("/api/notifications/preset", {"preset": "quiet"}, format="json").json() == {
        "preset": "quiet"
    }
    row = NotificationPreference.objects.get()
    assert (row.email_enabled, row.email_frequency) == (True, "daily")
