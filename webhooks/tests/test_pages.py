"""Who looks after a group adds, tests, rotates, pauses and removes its webhooks, without JavaScript."""

import html
from typing import Any
from urllib.parse import urlencode

import pytest

from accounts.models import User
from community import actions as community
from community.models import Group, GroupMembership
from conftest import Browse
from notifications.outbox import pipeline
from testing.http_server import FarEnd
from tests.hostile import TEXTS
from webhooks import actions
from webhooks.models import Webhook

pytestmark = pytest.mark.django_db


def test_from_the_form_by_a_test_to_its_answer(
    browse: Browse, alice: User, group: Group, program: FarEnd
) -> None:
    client = browse(alice)
    assert f"/groups/{group.slug}/webhooks/" in client.get(f"/groups/{group.slug}/").content.decode()
    form = {"url": f"{program.url}/hook", "events": ["post.created", "member.joined"]}
    for _double_click in range(2):
        page = client.post(f"/groups/{group.slug}/webhooks/", form)["Location"]
    webhook = Webhook.objects.get()
    assert (webhook.events, webhook.keeper) == (["post.created", "member.joined"], alice)
    assert webhook.secret in html.unescape(client.get(page).content.decode())

    for _double_click in range(2):
        assert client.post(f"{page}change/", {"act": "test"})["Location"] == page
    pipeline.drain()
    assert len(program.requests) == 1
    shown = client.get(page).content.decode()
    assert "A test" in shown
    assert "taken" in shown


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://hooks.example/",
        "https://hooks.example:8443/",
        "https://u@hooks.example/",
        "x" * 501,
    ],
)
def test_what_is_no_address_is_said_at_its_field(browse: Browse, alice: User, group: Group, url: str) -> None:
    page = browse(alice).post(f"/groups/{group.slug}/webhooks/", {"url": url, "events": ["post.created"]})
    assert page.status_code == 422
    assert not Webhook.objects.exists()


def test_one_that_hears_of_nothing_is_refused(browse: Browse, alice: User, group: Group) -> None:
    page = browse(alice).post(f"/groups/{group.slug}/webhooks/", {"url": "https://hooks.example/"})
    assert page.status_code == 422


def test_a_group_has_no_more_than_ten(browse: Browse, alice: User, group: Group) -> None:
    for number in range(actions.MOST):
        actions.add(alice, group, url=f"https://hooks.example/{number}", events=["post.created"])
    form = {"url": "https://hooks.example/", "events": ["post.created"]}
    page = browse(alice).post(f"/groups/{group.slug}/webhooks/", form)
    assert page.status_code == 422
    assert "ten webhooks at most" in page.content.decode()


def test_each_button_does_what_it_says(browse: Browse, alice: User, webhook: Webhook) -> None:
    client, page = browse(alice), webhook.get_absolute_url()

    def press(act: str) -> Webhook | None:
        assert client.post(f"{page}change/", {"act": act}).status_code == 303
        return Webhook.objects.filter(pk=webhook.pk).first()

    assert getattr(press("pause"), "state", "") == "paused"
    assert "Switch it on" in client.get(page).content.decode()
    assert getattr(press("resume"), "state", "") == "on"
    assert getattr(press("rotate"), "old_secret", "") == webhook.secret
    assert press("remove") is None
    assert client.post(f"{page}change/", {"act": "remove"}).status_code == 404
    assert client.get(page).status_code == 404


def test_something_else_is_no_button(browse: Browse, alice: User, webhook: Webhook) -> None:
    assert browse(alice).post(f"{webhook.get_absolute_url()}change/", {"act": "x"}).status_code == 400


def test_staff_keep_those_of_groups_that_they_see(
    browse: Browse, alice: User, chloe: User, webhook: Webhook
) -> None:
    User.objects.filter(pk=chloe.pk).update(is_staff=True)
    client = browse(chloe)
    assert client.get(webhook.get_absolute_url()).status_code == 404
    community.edit_group(alice, webhook.group, is_private=False)
    assert client.get(webhook.get_absolute_url()).status_code == 200


def test_members_do_not(browse: Browse, bob: User, webhook: Webhook) -> None:
    assert browse(bob).get(webhook.get_absolute_url()).status_code == 403
    assert browse(bob).get(f"/groups/{webhook.group.slug}/webhooks/").status_code == 403


def test_its_queries_are_fixed(
    browse: Browse, alice: User, bob: User, webhook: Webhook, count_queries: Any
) -> None:
    client, path = browse(alice), f"/groups/{webhook.group.slug}/webhooks/"
    GroupMembership.objects.filter(user=bob).update(role="moderator")
    client.get(path)

    few = count_queries(lambda: client.get(path))
    for number in range(5):
        actions.add(bob, webhook.group, url=f"https://hooks.example/{number}", events=["post.created"])
    assert count_queries(lambda: client.get(path)) == few


@pytest.mark.parametrize(("name", "before"), [("url", ""), ("url", "https://a.example/"), ("events", "")])
def test_no_text_in_the_form_is_an_error_of_ours(
    browse: Browse, alice: User, group: Group, name: str, before: str
) -> None:
    client, path = browse(alice), f"/groups/{group.slug}/webhooks/"
    good = {"url": "https://a.example/", "events": "post.created"}
    for text in TEXTS[::3]:
        body = urlencode(good | {name: (before + text).encode("utf-8", "surrogatepass")})
        answer = client.post(path, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (303, 422), text[:100]
        Webhook.objects.all().delete()
