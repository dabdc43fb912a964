"""Where one is signed in: seen, ended one by one or all at once, and by a new password."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.access import lately
from accounts.models import TokenUse, User
from accounts.tidying import _expired
from audit.models import Entry
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
PAGE = "/accounts/security/"


def browser(agent: str = FIREFOX, address: str = "192.0.2.7") -> Client:
    """In which Alice has signed in."""
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    return client


def program(agent: str = "harvest/2.1") -> APIClient:
    client = APIClient(headers={"user-agent": agent}, REMOTE_ADDR="2001:db8::9")
    body = {"email": "alice@example.com", "password": PASSWORD}
    token = client.post("/api/auth/signin", body, format="json").json()["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def is_in(client: Client | APIClient) -> bool:
    return client.get("/api/users/me").status_code == 200


@pytest.mark.both_databases
def test_each_is_shown_with_its_device_and_network(alice: User) -> None:
    here, phone, script = browser(), browser(SAFARI, "2001:db8:0:7::1"), program()
    body = here.get(PAGE).content.decode()
    assert "Firefox on Linux" in body
    assert "Safari on iPhone" in body
    assert "2001:db8:0:7::/64" in body
    assert "harvest/2.1" in body

    said = script.get("/api/users/me/sessions").json()
    assert [(one["device"], one["is_this"]) for one in said["tokens"]] == [("harvest/2.1", True)]
    assert {one["address"] for one in said["sessions"]} == {"192.0.2.7", "2001:db8:0:7::/64"}
    said = phone.get("/api/users/me/sessions").json()
    assert [one["device"] for one in said["sessions"] if one["is_this"]] == ["Safari on iPhone"]


def test_one_is_ended_by_itself_by_page_and_api(alice: User) -> None:
    here, phone, script, other = browser(), browser(SAFARI), program(), program("other/1")
    for one in here.get("/api/users/me/sessions").json()["sessions"]:
        if not one["is_this"]:
            here.post(f"{PAGE}sessions/{one['id']}/end/")
    assert (is_in(here), is_in(phone), is_in(script)) == (True, False, True)
    for one in other.get("/api/users/me/sessions").json()["tokens"]:
        if not one["is_this"]:
            assert other.delete(f"/api/users/me/tokens/{one['id']}").status_code == 204
    assert (is_in(here), is_in(script), is_in(other)) == (True, False, True)
    assert Entry.objects.filter(action="access_ended").count() == 2


def test_nobody_ends_anothers(alice: User, bob: User, browse: Callable[[User], Client]) -> None:
    here, script = browser(), program()
    rows = UserSession.objects.get(user=alice).pk, TokenUse.objects.get().pk
    stranger = browse(bob)
    assert stranger.post(f"{PAGE}sessions/{rows[0]}/end/").status_code == 404
    assert stranger.post(f"{PAGE}tokens/{rows[1]}/end/").status_code == 404
    assert is_in(here)
    assert is_in(script)


def test_signing_out_everywhere_else_leaves_only_this(alice: User, bob: User, browse: Any) -> None:
    here, phone, script, bobs = browser(), browser(SAFARI), program(), browse(bob)
    here.post(f"{PAGE}end-others/")
    assert (is_in(here), is_in(phone), is_in(script), is_in(bobs)) == (True, False, False, True)
    script = program()
    assert script.post("/api/users/me/sessions/end-others").json() == {"ended": 1}
    assert (is_in(here), is_in(script)) == (False, True)
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)


@pytest.mark.parametrize("how", ["changed", "by command"])
def test_a_new_password_ends_all_but_the_browser_in_which_it_was_chosen(alice: User, how: str) -> None:
    here, phone, script = browser(), browser(SAFARI), program()
    if how == "changed":
        old_key = here.session.session_key
        new = {"oldpassword": PASSWORD, "password1": "a-brand-new-one-9", "password2": "a-brand-new-one-9"}
        assert here.post("/accounts/password/change/", new).status_code == 302
        assert here.session.session_key != old_key
    else:
        alice.set_password("a-brand-new-one-9")
        alice.save()
    assert (is_in(here), is_in(phone), is_in(script)) == (how == "changed", False, False)
    assert not AuthToken.objects.exists()
    assert Session.objects.count() == UserSession.objects.count() == (1 if how == "changed" else 0)


def test_a_better_hash_of_the_same_password_ends_nothing(alice: User, settings: Any) -> None:
    script = program()
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    before = alice.password
    assert browser().session.session_key
    alice.refresh_from_db()
    assert alice.password != before
    assert is_in(script)


def test_the_last_use_is_written_every_few_minutes_and_costs_nothing_between(
    alice: User, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    here, script = browser(), program()
    usual = count_queries(lambda: here.get("/accounts/profile/"))
    long_ago = timezone.now() - timedelta(hours=2)
    UserSession.objects.update(last_seen_at=long_ago)
    TokenUse.objects.update(used_at=long_ago)
    assert count_queries(lambda: here.get("/accounts/profile/")) == usual
    is_in(script)
    assert UserSession.objects.get().last_seen_at == TokenUse.objects.get().used_at == long_ago
    lately._noted.clear()  # as in another process, or later
    is_in(here)
    is_in(script)
    assert UserSession.objects.get().last_seen_at > long_ago
    assert TokenUse.objects.get().used_at > long_ago


def test_another_browser_with_the_same_key_is_written_down(alice: User) -> None:
    here = browser()
    lately._noted.clear()
    here.get(PAGE, headers={"user-agent": SAFARI}, REMOTE_ADDR="192.0.2.99")
    assert UserSession.objects.get().ip == "192.0.2.99"
    assert Entry.objects.filter(action="client_changed").count() == 1


def test_the_list_costs_as_many_queries_however_long_it_is(
    alice: User, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    here = browser()
    program()
    few = count_queries(lambda: here.get(PAGE))
    for number in range(3):
        browser(f"agent {number}")
        program()
    assert count_queries(lambda: here.get(PAGE)) == few


def test_signing_out_takes_the_row_along_and_what_is_left_behind_is_tidied(alice: User) -> None:
    here = browser()
    here.post("/accounts/logout/")
    assert not UserSession.objects.exists()
    browser()
    Session.objects.all()._raw_delete("default")  # as expired ones go
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(hours=1))
    assert _expired["browsers"](timezone.now()).count() == 1
