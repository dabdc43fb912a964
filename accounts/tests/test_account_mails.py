"""The mails about accounts, as they leave: in the language and zone of whoever they are to."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from pytest_django import Settings

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def forgotten(make_user: Callable[..., User], client: Client, settings: Settings) -> EmailMultiAlternatives:
    """Anna reads German, and asks from somebody else's English browser."""
    settings.SITE_NAME = "Linden & Hof"
    make_user("anna", language="de")
    client.post("/accounts/password/reset/", {"email": "anna@example.com"}, HTTP_ACCEPT_LANGUAGE="en")
    [message] = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


def test_it_is_in_the_language_of_its_reader(forgotten: EmailMultiAlternatives) -> None:
    assert forgotten.subject == "Ein neues Passwort wählen"
    assert "hat das Passwort vergessen. Mit diesem Link\nwählst du" in str(forgotten.body)
    assert forgotten.message()["Content-Language"] == "de"


def test_its_link_stands_on_a_line_of_its_own_in_the_text_and_on_a_button(
    forgotten: EmailMultiAlternatives,
) -> None:
    links = re.findall(r"^https?://\S+/password/reset/key/\S+$", str(forgotten.body), re.MULTILINE)
    assert len(links) == 1
    assert all(len(line) <= 80 for line in str(forgotten.body).splitlines() if "://" not in line)
    [(html, _type)] = forgotten.alternatives
    assert f'<a class="btn" href="{links[0]}"' in str(html)
    assert "Linden &amp; Hof" in str(html)
    assert "Linden & Hof\n" in str(forgotten.body)


def test_it_says_that_a_machine_wrote_it_and_offers_no_way_to_stop_it(
    forgotten: EmailMultiAlternatives,
) -> None:
    headers = forgotten.message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Message-ID"].endswith("@localhost>")
    assert headers["List-Unsubscribe"] is None
    assert headers["List-Id"] is None
