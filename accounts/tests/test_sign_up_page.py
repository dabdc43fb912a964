"""Signing up by the page: what is asked, and what is guessed."""

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from notifications.models import Notification

pytestmark = pytest.mark.django_db
PATH = "/accounts/signup/"
FORM = {"name": "Nora Lund", "email": "nora@example.com", "password1": "a-long-way-to-the-pear-tree"}


@pytest.mark.parametrize(
    ("guess", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("", "UTC"),
        ("Middle/Earth", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("x" * 5000, "UTC"),
    ],
)
def test_the_browser_s_time_zone_is_taken_over_and_a_wrong_one_keeps_nobody_out(
    client: Client, guess: str, zone: str
) -> None:
    answer = client.post(PATH, FORM | {"time_zone": guess})
    assert answer.status_code == 302
    assert User.objects.get(email="nora@example.com").time_zone == zone


def test_without_scripts_nothing_is_guessed(client: Client) -> None:
    assert client.post(PATH, FORM).status_code == 302
    assert User.objects.get(email="nora@example.com").time_zone == "UTC"


@pytest.mark.django_db(transaction=True)
def test_nobody_is_welcome_before_their_address_answers(client: Client) -> None:
    client.post(PATH, FORM)
    [asked] = mail.outbox
    link = next(word for word in str(asked.body).split() if "/confirm-email/" in word)
    assert not Notification.objects.exists()
    for _ in range(2):
        client.post(link[link.index("/accounts/") :])
    assert [message.subject for message in mail.outbox[1:]] == ["Welcome to Belltower"]
    assert list(Notification.objects.order_by("pk").values_list("kind", flat=True)) == ["SIGNUP", "LOGIN"]
