"""An address is proven by the link or by the code of one mail, by API and page. How codes are judged:
test_phone_codes.py.
"""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import PhoneCode, User
from accounts.phones import codes
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
SEND, CONFIRM = (f"/api/users/me/verification/email/{word}" for word in ("send", "confirm"))
PAGE = "/accounts/confirm-email/"
FORM = {"name": "Nora", "email": "nora@example.com", "password1": "a-long-way-to-the-pear-tree"}


def mailed(number: int = -1) -> tuple[str, str]:
    """The code, and the address of the link."""
    body = str(mail.outbox[number].body)
    code, link = re.search(r"^    (\S+)$", body, re.M), re.search(r"^https?://[^/]+(/\S+)$", body, re.M)
    assert code, body
    assert link, body
    return code[1], link[1]


def confirm(client: APIClient, code: str) -> tuple[int, dict[str, object]]:
    answer = client.post(CONFIRM, {"code": code}, format="json")
    assert not answer.cookies
    return answer.status_code, answer.json()


def window(user: User) -> Client:
    """In which they have just typed their password."""
    client = Client()
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def is_proven(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, verified=True))


def test_the_code_proves_it_once_and_spends_the_link(alice: User, api: Api) -> None:
    client = api(alice)
    client.post(SEND)
    code, link = mailed()
    assert codes.bare(code) not in codes.bare(str(list(PhoneCode.objects.values())))
    status, said = confirm(client, code.lower().replace("-", " "))
    assert (status, said["email_verified"]) == (200, True)
    status, said = confirm(client, code)
    assert (status, list(said)) == (400, ["code"])
    assert Client().post(link).status_code == 404


def test_whoever_looks_at_the_link_proves_nothing_and_pressing_its_button_does_once(
    alice: User, api: Api
) -> None:
    api(alice).post(SEND)
    code, link = mailed()
    scanner, person = Client(), Client()
    for _ in range(2):
        assert scanner.get(link).status_code == scanner.head(link).status_code == 200
    assert not is_proven(alice)
    assert person.post(link).status_code in (200, 302)
    assert is_proven(alice)
    assert person.post(link).status_code == 404
    assert confirm(api(alice), code)[0] == 400


def test_a_wrong_a_foreign_and_an_old_code_get_one_answer(alice: User, bob: User, api: Api) -> None:
    api(alice).post(SEND)
    code, _link = mailed()
    api(bob).post(SEND)
    answers = [confirm(api(bob), code), confirm(api(alice), "BBBB-BBBB")]
    PhoneCode.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    answers.append(confirm(api(alice), code))
    assert answers == [answers[0]] * 3
    assert (answers[0][0], list(answers[0][1])) == (400, ["code"])
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_a_code_is_of_one_address(alice: User, api: Api) -> None:
    api(alice).post(SEND)
    code, _link = mailed()
    EmailAddress.objects.update(email="other@example.com")
    assert confirm(api(alice), code)[0] == 400


def test_five_wrong_ones_make_the_right_one_worthless(alice: User, api: Api) -> None:
    client = api(alice)
    client.post(SEND)
    code, _link = mailed()
    wrong = [confirm(client, "BBBB-BBBB") for _ in range(codes.GUESSES)]
    assert confirm(client, code) == wrong[0]


def test_guesses_are_counted_by_where_they_come_from(alice: User, api: Api, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"guess_mail_code": "1/m/ip"}
    assert [confirm(api(alice), "BBBB-BBBB")[0] for _ in range(2)] == [400, 429]


def test_the_page_of_the_address_takes_it_and_the_new_address_takes_the_place_of_the_old(
    alice: User,
) -> None:
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    client = window(alice)
    client.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    code, _link = mailed()
    assert f'action="{PAGE}"' in client.get("/accounts/email/").content.decode()
    refused = client.post(PAGE, {"code": "BBBB-BBBB"})
    assert (refused.status_code, "too old" in refused.content.decode()) == (422, True)
    assert client.post(PAGE, {"code": code}).headers["Location"] == "/accounts/email/"
    alice.refresh_from_db()
    assert alice.email == "new@example.com"
    assert client.get(PAGE).headers["Location"] == "/accounts/email/"  # nothing is left to prove


def test_whoever_has_proven_none_keeps_the_one_they_have_until_another_is(alice: User, bob: User) -> None:
    for person in (alice, bob):
        client = window(person)
        client.get("/accounts/email/")
        client.post("/accounts/email/", {"email": f"new-{person.username}@example.com", "action_add": ""})
    assert [message.to for message in mail.outbox] == [["new-alice@example.com"], ["new-bob@example.com"]]
    assert set(User.objects.values_list("email", flat=True)) == {alice.email, bob.email}
    assert client.post(PAGE, {"code": mailed()[0]}).status_code == 302
    bob.refresh_from_db()
    assert bob.email == "new-bob@example.com"
    assert EmailAddress.objects.get(user=bob).verified


def test_whoever_signs_up_comes_in_by_the_code_in_the_same_window() -> None:
    client = Client()
    client.post("/accounts/signup/", FORM)
    code, _link = mailed()
    assert client.post(PAGE, {"code": "BBBB-BBBB"}).status_code == 422
    assert Client().post(PAGE, {"code": code}).headers["Location"].startswith("/accounts/login/")
    assert client.post(PAGE, {"code": code}).headers["Location"] == "/"
    assert client.get("/accounts/profile/").status_code == 200
    assert is_proven(User.objects.get())


def test_whoever_signs_up_with_the_address_of_another_is_answered_as_for_a_wrong_code(alice: User) -> None:
    known, unknown = Client(), Client()
    known.post("/accounts/signup/", FORM | {"email": alice.email})
    unknown.post("/accounts/signup/", FORM)
    pages = [client.post(PAGE, {"code": "BBBB-BBBB"}) for client in (known, unknown)]
    assert [page.status_code for page in pages] == [422, 422]
    own = re.compile(r'value="\w{64}"|"x-csrftoken": ?"\w+"|(alice|nora)@example.com', re.I)
    one, other = (own.sub("", page.content.decode()) for page in pages)
    assert one == other
