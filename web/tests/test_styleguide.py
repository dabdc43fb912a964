"""The style guide shows every piece, to staff alone."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_staff_see_every_piece(client: Client, alice: User) -> None:
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    response = client.get("/styleguide/")
    assert response.status_code == 200
    html = response.content.decode()
    for piece in (
        "post",
        "shots-4",
        "react",
        "thread",
        "item unread",
        "group-head",
        "field",
        "note",
        "empty",
        "pager",
    ):
        assert f'class="{piece}' in html or f" {piece}" in html, piece


def test_pages_carry_no_inline_style_or_script(client: Client, alice: User) -> None:
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    html = client.get("/styleguide/").content.decode()
    assert " style=" not in html
    assert " onclick=" not in html
    assert "<style" not in html
    assert "<script>" not in html


def test_members_do_not(client: Client, bob: User) -> None:
    client.force_login(bob)
    assert client.get("/styleguide/").status_code == 403


def test_strangers_are_asked_to_sign_in(client: Client) -> None:
    assert client.get("/styleguide/")["Location"] == "/accounts/login/?next=/styleguide/"
