"""Two-step sign-in on the pages: setting it up, coming in by it, what is shown once, and turning it off."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connections
from django.test import Client, RequestFactory
from django.utils import timezone
from knox.models import AuthToken

from accounts.factors import actions, codes
from accounts.models import User
from audit.models import Entry
from conftest import PASSWORD

from .a_passkey import Device
from .an_app import App, set_up
from .test_passkeys import options_on

pytestmark = pytest.mark.django_db
TWO_STEP, APP = "/accounts/security/two-step/", "/accounts/security/two-step/app/"
STEP, AGAIN = "/accounts/login/second-step/", "/accounts/reauthenticate/code/"


@pytest.fixture
def at_home(alice: User, browse: Callable[[User], Client]) -> Client:
    """Her browser, in which she has just proven that it is still her; her address is proven."""
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    client = browse(alice)
    again = client.get(APP)
    assert again["Location"].startswith("/accounts/reauthenticate/")
    assert client.post(again["Location"], {"password": PASSWORD})["Location"] == APP
    return client


@pytest.fixture
def app(alice: User) -> App:
    return set_up(alice)


def give_password(client: Client, **extra: Any) -> Any:
    return client.post("/accounts/login/", {"login": "alice", "password": PASSWORD}, **extra)


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_by_its_first_code(at_home: Client, alice: User) -> None:
    page = at_home.get(APP).content.decode()
    [secret] = re.findall(r'id="secret"[^>]*>([^<]+)<', page)
    assert "<svg" in page
    assert not re.search("style=|data:image/svg", page)
    app = App(secret.replace(" ", ""))
    assert at_home.post(APP, {"code": app.does_not_show()}).status_code == 422
    added = at_home.post(APP, {"code": app.shows()}, follow=True)
    shown = re.findall(r"<li>(\d{4}) (\d{4})</li>", added.content.decode())
    assert ["".join(code) for code in shown] == actions.codes_of(alice)
    assert len(shown) == 10
    assert [message.subject for message in mail.outbox] == ["Two-step sign-in was turned on"]
    assert Entry.objects.filter(action="second_factor_added", actor_id=alice.pk).count() == 1


def test_the_first_factor_ends_what_came_in_without_one_and_the_next_ends_nothing(
    at_home: Client, alice: User, browse: Callable[[User], Client]
) -> None:
    elsewhere, _token = browse(alice), AuthToken.objects.create(user=alice)
    secret = re.findall(r'id="secret"[^>]*>([^<]+)<', at_home.get(APP).content.decode())[0].replace(" ", "")
    at_home.post(APP, {"code": App(secret).shows()})
    assert is_in(at_home)
    assert not is_in(elsewhere)
    assert not AuthToken.objects.exists()
    elsewhere = browse(alice)
    add = f"{TWO_STEP}passkeys/add/"
    at_home.post(add, {"credential": Device().makes(options_on(at_home.get(add)))})
    assert Authenticator.objects.filter(type="webauthn").exists()
    assert is_in(elsewhere)


def test_no_secret_lies_open_in_the_database(at_home: Client, alice: User) -> None:
    page = at_home.get(APP).content.decode()
    [secret] = re.findall(r'id="secret"[^>]*>([^<]+)<', page)
    secret = secret.replace(" ", "")
    assert secret not in str([session.get_decoded() for session in Session.objects.all()])
    at_home.post(APP, {"code": App(secret).shows()})
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in actions.codes_of(alice))


def test_codes_are_shown_and_fetched_for_ten_minutes_and_never_again(at_home: Client, alice: User) -> None:
    set_up(alice)
    page = f"{TWO_STEP}codes/"
    assert at_home.get(page)["Location"] == TWO_STEP
    before = actions.codes_of(alice)
    assert at_home.post(f"{page}new/")["Location"] == page
    assert not set(before) & set(actions.codes_of(alice))
    fetched = at_home.get(f"{page}download/")
    assert "attachment" in fetched["Content-Disposition"]
    assert fetched.content.decode().replace(" ", "").split()[-10:] == actions.codes_of(alice)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert at_home.get(page)["Location"] == TWO_STEP
        assert at_home.get(f"{page}download/").status_code == 404


def test_the_password_alone_lets_nobody_in(client: Client, alice: User, app: App) -> None:
    assert give_password(client)["Location"] == STEP
    assert not is_in(client)
    assert client.post(STEP, {"code": app.does_not_show()}).status_code == 422
    assert not is_in(client)
    assert Entry.objects.filter(action="sign_in", outcome="refused", reason="second factor").count() == 1
    assert client.post(STEP, {"code": app.shows()}).status_code == 302
    assert is_in(client)


def test_a_code_of_the_app_is_good_once(client: Client, app: App) -> None:
    for status in (302, 422):
        other = Client()
        give_password(other)
        assert other.post(STEP, {"code": app.shows()}).status_code == status


def test_a_recovery_code_is_good_once_however_it_is_written(app: App, alice: User) -> None:
    code = actions.codes_of(alice)[3]
    for written, status in ((f"{code[:4]} {code[4:]}", 302), (code, 422)):
        client = Client()
        give_password(client)
        assert client.post(STEP, {"code": written}).status_code == status
    assert len(actions.codes_of(alice)) == 9


def test_the_administration_asks_for_it_as_well(alice: User, app: App) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client = Client()
    page = client.get("/admin/login/", {"next": "/admin/"})["Location"]
    assert client.post(page, {"login": "alice", "password": PASSWORD})["Location"].startswith(STEP)
    assert client.get("/admin/").status_code == 302
    assert client.post(STEP, {"code": app.shows()})["Location"] == "/admin/"


def test_a_new_password_by_mail_does_not_go_around_it(client: Client, alice: User, app: App) -> None:
    User.objects.filter(pk=alice.pk).update(last_login=timezone.now())
    client.post("/accounts/password/reset/", {"email": alice.email})
    [link] = re.findall(r"https?://\S+/accounts/password/reset/key/\S+", str(mail.outbox[0].body))
    form = client.get(link.replace("http://localhost:8000", ""), follow=True).request["PATH_INFO"]
    client.post(form, {"password1": "another-good-password", "password2": "another-good-password"})
    assert not is_in(client)
    signing_in = {"login": "alice", "password": "another-good-password"}
    assert client.post("/accounts/login/", signing_in)["Location"] == STEP


def test_too_many_guesses_are_stopped_and_the_owner_s_own_browser_is_not(
    alice: User, app: App, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"second_factor": "3/m/key"}
    known = Client()
    give_password(known)
    assert known.post(STEP, {"code": app.shows()}).status_code == 302
    known.post("/accounts/logout/")
    stranger = Client()
    give_password(stranger)
    answers = [stranger.post(STEP, {"code": app.does_not_show()}).status_code for _ in range(3)]
    late = stranger.post(STEP, {"code": app.shows(later=1)})
    assert (answers, late.status_code) == ([422] * 3, 429)
    assert 0 < int(late["Retry-After"]) <= 60
    give_password(known)
    assert known.post(STEP, {"code": app.shows(later=1)}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_password_does_not_turn_it_off_and_a_code_does(
    alice: User, app: App, browse: Callable[[User], Client]
) -> None:
    client = browse(alice)
    asked = client.post(f"{APP}off/")["Location"]
    assert asked.startswith(AGAIN)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD})["Location"] == AGAIN
    assert Authenticator.objects.filter(user=alice).count() == 2
    done = client.post(asked, {"code": app.shows()})  # goes on with what was asked for
    assert done["Location"] == TWO_STEP
    assert not Authenticator.objects.filter(user=alice).exists()
    assert [message.subject for message in mail.outbox] == ["The codes of your app were turned off"]
    assert Entry.objects.filter(action="second_factor_removed", target_id=str(alice.pk)).count() == 1


def test_nobody_guards_an_account_whose_address_may_be_another_s(
    alice: User, browse: Callable[[User], Client]
) -> None:
    client = browse(alice)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get(APP)["Location"] == "/accounts/email/"


def test_a_replaced_key_of_the_site_still_reads_what_the_old_one_wrote(
    client: Client, app: App, settings: Any
) -> None:
    give_password(client)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    give_password(client)
    assert client.post(STEP, {"code": app.shows()}).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    lost = Client()
    give_password(lost)
    assert lost.post(STEP, {"code": app.shows(later=1)}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_staff_take_away_what_was_lost_and_its_owner_is_told(
    alice: User, app: App, bob: User, browse: Callable[[User], Client]
) -> None:
    User.objects.filter(pk=bob.pk).update(is_staff=True, is_superuser=True)
    row = Authenticator.objects.get(user=alice, type="totp")
    staff, path = browse(bob), f"/admin/mfa/authenticator/{row.pk}/"
    assert app.secret not in (page := staff.get(f"{path}change/").content.decode())
    assert row.data["secret"] not in page
    assert staff.post(f"{path}delete/", {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()
    assert [(message.to, message.subject) for message in mail.outbox] == [
        (["alice@example.com"], "Staff removed your second step")
    ]
    assert "127.0.0.1" not in str(mail.outbox[0].body)
    entry = Entry.objects.get(action="second_factor_taken_away")
    assert (entry.actor_id, entry.target_id) == (bob.pk, str(alice.pk))


def test_only_superusers_take_away_one_of_a_superuser_s(
    alice: User, app: App, bob: User, browse: Callable[[User], Client]
) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    bob.user_permissions.set(Permission.objects.filter(codename__endswith="_authenticator"))
    ids = list(Authenticator.objects.values_list("pk", flat=True))
    staff, all_of_them = browse(bob), "/admin/mfa/authenticator/"
    assert staff.post(f"{all_of_them}{ids[0]}/delete/", {"post": "yes"}).status_code == 403
    staff.post(all_of_them, {"action": "delete_selected", "_selected_action": ids, "post": "yes"})
    assert Authenticator.objects.count() == len(ids)


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("of_the_app", [True, False])
def test_a_code_that_many_send_at_once_is_good_once(alice: User, app: App, of_the_app: bool) -> None:
    code = app.shows() if of_the_app else actions.codes_of(alice)[0]

    def send(_number: int) -> bool:
        try:
            return codes.judge(RequestFactory().post(STEP), User.objects.get(pk=alice.pk), code) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, range(12))) == 1
