"""The link at the foot of every mail (RFC 8058): one press, no account, and nothing happens on looking."""

import pytest
from django.core import mail
from django.core.signing import Signer
from django.test import Client

from accounts.models import User
from community import actions
from community.models import Post
from notifications.models import Category, NotificationPreference
from notifications.outgoing.unsubscribing import unsubscribe_url

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def address(alice: User) -> str:
    url = unsubscribe_url(alice, Category.COMMUNITY)
    return url[url.index("/notifications/") :]


@pytest.fixture
def mail_program() -> Client:
    """No cookie, no session, no CSRF token."""
    return Client(enforce_csrf_checks=True)


def emails_of(user: User) -> bool:
    stored = NotificationPreference.objects.filter(user=user, notification_type=Category.COMMUNITY).first()
    return stored is None or stored.email_enabled


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_looking_changes_nothing(method: str, address: str, alice: User, mail_program: Client) -> None:
    response = getattr(mail_program, method)(address)
    assert response.status_code == (405 if method == "options" else 200)
    assert not NotificationPreference.objects.exists()


def test_one_click_switches_the_mails_off(address: str, alice: User, mail_program: Client) -> None:
    response = mail_program.post(address, ONE_CLICK)
    assert response.status_code == 200
    assert "No more of these emails" in response.content.decode()
    assert not emails_of(alice)
    assert NotificationPreference.objects.get().in_app_enabled


def test_it_may_come_as_a_form_with_parts_and_twice(address: str, alice: User, mail_program: Client) -> None:
    for _ in range(2):  # the test client sends multipart/form-data, as RFC 8058 allows
        assert mail_program.post(address, ONE_CLICK).status_code == 200
    encoded = "application/x-www-form-urlencoded"
    assert mail_program.post(address, "List-Unsubscribe=One-Click", content_type=encoded).status_code == 200
    assert not emails_of(alice)


def test_the_page_offers_to_have_them_again(address: str, alice: User, mail_program: Client) -> None:
    page = mail_program.post(address, ONE_CLICK).content.decode()
    assert '<input type="hidden" name="again" value="1">' in page
    assert mail_program.post(address, {"again": "1"}).status_code == 200
    assert emails_of(alice)


def test_it_signs_nobody_in_and_sets_no_cookie(address: str, mail_program: Client) -> None:
    for response in (mail_program.get(address), mail_program.post(address, ONE_CLICK)):
        assert not response.cookies
    assert mail_program.get("/notifications/").status_code == 302


def test_it_does_not_say_whose_link_it_is(address: str, alice: User, mail_program: Client) -> None:
    page = mail_program.get(address).content.decode()
    assert alice.email not in page
    assert alice.name not in page


def test_the_other_category_goes_on(address: str, alice: User, mail_program: Client) -> None:
    mail_program.post(address, ONE_CLICK)
    assert not NotificationPreference.objects.filter(notification_type=Category.ACCOUNT).exists()


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "1.community", "1.community:forged", "%00", "é", "a" * 2000])
def test_a_forged_link_is_not_found(token: str, method: str, alice: User, mail_program: Client) -> None:
    response = getattr(mail_program, method)(f"/notifications/unsubscribe/{token}/")
    assert response.status_code == 404
    assert not NotificationPreference.objects.exists()


@pytest.mark.parametrize(
    "value", ["999999.community", "0.community", "{}.weather", "{}.community.x", "x.community"]
)
def test_a_link_of_nobody_or_of_nothing_is_not_found(value: str, alice: User, mail_program: Client) -> None:
    token = Signer(salt="unsubscribe").sign(value.format(alice.pk))
    assert mail_program.post(f"/notifications/unsubscribe/{token}/", ONE_CLICK).status_code == 404


def test_a_link_signed_for_another_purpose_is_not_found(alice: User, mail_program: Client) -> None:
    token = Signer(salt="something-else").sign(f"{alice.pk}.community")
    assert mail_program.post(f"/notifications/unsubscribe/{token}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_after_it_no_mail_comes(
    address: str, alice: User, bob: User, post: Post, mail_program: Client
) -> None:
    mail_program.post(address, ONE_CLICK)
    actions.comment(bob, post, "Are there any left?")
    assert mail.outbox == []
