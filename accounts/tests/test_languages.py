"""Everybody is spoken to in their language: members in the one they chose, visitors in their browser's."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Post
from notifications.models import Notification
from notifications.realtime.reading import as_json, with_language

pytestmark = pytest.mark.django_db(transaction=True)
GERMAN: Any = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def anna(make_user: Callable[..., User]) -> User:
    return make_user("anna", language="de", time_zone="Europe/Berlin")


def test_a_visitor_reads_the_language_of_the_browser() -> None:
    answer = Client().get("/accounts/login/", **GERMAN)
    assert '<html lang="de"' in answer.content.decode()
    assert "Schön, dass du wieder da bist" in answer.content.decode()
    assert answer["Content-Language"] == "de"
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize("accepted", ["fr", "*", "", "de;q=x", "x" * 5000])
def test_a_visitor_of_another_language_reads_english(accepted: str) -> None:
    page = Client().get("/accounts/login/", HTTP_ACCEPT_LANGUAGE=accepted).content.decode()
    assert '<html lang="en"' in page
    assert "Welcome back" in page


def test_what_a_member_chose_goes_before_the_browser(
    anna: User, alice: User, browse: Callable[[User], Client]
) -> None:
    assert "Noch nichts hier" in browse(anna).get("/").content.decode()
    page = browse(alice).get("/", **GERMAN).content.decode()
    assert '<html lang="en"' in page
    assert "Nothing here yet" in page


def test_a_member_chooses_on_the_profile(alice: User, browse: Callable[[User], Client]) -> None:
    browser = browse(alice)
    page = browser.get("/accounts/profile/").content.decode()
    assert '<option value="de">Deutsch</option>' in page
    fields = {"name": "Alice", "username": "alice", "bio": "", "time_zone": "UTC", "language": "de"}
    assert browser.post("/accounts/profile/", fields).status_code == 302
    assert "Dein Profil" in browser.get("/accounts/profile/").content.decode()


def test_who_signs_up_keeps_the_language_they_read(client: Client) -> None:
    fields = {"name": "Anna", "email": "anna@example.com", "password1": "correct-horse-battery"}
    assert client.post("/accounts/signup/", fields, **GERMAN).status_code == 302
    data = {"name": "Bert", "email": "bert@example.com", "password": "correct-horse-battery"}
    assert APIClient().post("/api/auth/signup", data, format="json", **GERMAN).status_code == 201
    assert set(User.objects.values_list("username", "language")) == {("anna", "de"), ("bert", "de")}
    assert {message.subject for message in mail.outbox} == {
        "Willkommen bei Belltower", "Ist das deine E-Mail-Adresse?",
    }  # fmt: skip


def test_the_api_answers_a_token_in_the_language_of_its_person(anna: User, bob: User) -> None:
    post = actions.create_post(anna, "Tomaten für alle", title="Setzlinge")
    actions.react(bob, post)
    answer = bearer(anna).get("/api/notifications")
    [item] = answer.json()["notifications"]
    assert item["title"] == "Bob mag „Setzlinge“"
    assert answer["Content-Language"] == "de"
    refused = bearer(anna).post("/api/posts", {"content": ""}, format="json")
    assert "leer" in refused.json()["content"][0]


def test_a_mail_and_the_page_behind_it_are_in_the_language_of_whoever_got_it(
    anna: User, bob: User, post: Post
) -> None:
    mine = actions.comment(anna, post, "Gibt es noch welche?")
    mail.outbox.clear()
    actions.comment(bob, post, "Ja!", parent=mine)
    [message] = [message for message in mail.outbox if message.to == ["anna@example.com"]]
    assert message.subject == "Bob hat auf deinen Kommentar zu „Seedlings to give away“ geantwortet"
    assert message.message()["Content-Language"] == "de"
    assert "Du hast geschrieben:\n\n> Gibt es noch welche?\n" in message.body


def test_a_stream_tells_each_of_many_in_their_own_language(anna: User, alice: User, bob: User) -> None:
    for author in (anna, alice):
        actions.react(bob, actions.create_post(author, "Tomaten für alle", title="Setzlinge"))
    rows = with_language(Notification.objects.filter(kind="LIKE"))
    told = {json.loads(line)["title"] for line in as_json(rows).values()}
    assert told == {"Bob mag „Setzlinge“", "Bob liked “Setzlinge”"}


def test_one_and_several_are_told_in_their_own_forms(anna: User, bob: User, chloe: User) -> None:
    post = actions.create_post(anna, "Tomaten für alle", title="Setzlinge")
    actions.react(bob, post)
    actions.react(chloe, post)
    [item] = bearer(anna).get("/api/notifications").json()["notifications"]
    assert item["title"] == "Chloe und Bob mögen „Setzlinge“"


def bearer(user: User) -> Any:
    _token, secret = AuthToken.objects.create(user=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client
