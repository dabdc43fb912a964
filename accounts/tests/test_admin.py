"""People and their keys in the administration."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from accounts.models import User

pytestmark = pytest.mark.django_db


def url(page: str, *args: Any) -> str:
    return reverse(f"admin:accounts_user_{page}", args=args)


@pytest.fixture
def boss(make_user: Callable[..., User], browse: Callable[[User], Client]) -> Client:
    return browse(make_user("boss", is_staff=True, is_superuser=True))


@pytest.fixture
def helper(bob: User, browse: Callable[[User], Client]) -> Client:
    """Staff who may view and change people."""
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    return browse(bob)


def profile(user: User, **changes: str) -> dict[str, str]:
    return {"username": user.username, "name": user.name, "time_zone": "UTC", "language": "en", **changes}


def test_a_person_is_made_and_can_sign_in(boss: Client) -> None:
    data = {
        "username": "dora", "name": "Dora", "email": "dora@example.com", "usable_password": "true",
        "password1": "correct-horse-battery", "password2": "correct-horse-battery",
    }  # fmt: skip
    assert boss.post(url("add"), data).status_code == 302
    assert User.objects.get(username="dora").check_password("correct-horse-battery")


def test_a_person_is_deactivated_and_never_deleted(boss: Client, alice: User) -> None:
    assert boss.post(url("delete", alice.pk), {"post": "yes"}).status_code == 403
    assert boss.post(url("change", alice.pk), profile(alice)).status_code == 302  # `is active` not ticked
    alice.refresh_from_db()
    assert not alice.is_active


def test_an_address_is_not_changed_here(boss: Client, alice: User) -> None:
    boss.post(url("change", alice.pk), profile(alice, email="other@example.com", is_active="on"))
    alice.refresh_from_db()
    assert alice.email == "alice@example.com"


def test_staff_cannot_make_themselves_superusers(helper: Client, bob: User) -> None:
    changes = profile(bob, is_active="on", is_staff="on", is_superuser="on")
    assert helper.post(url("change", bob.pk), changes).status_code == 302
    bob.refresh_from_db()
    assert not bob.is_superuser


def test_staff_cannot_change_a_superuser_nor_their_password(helper: Client, alice: User) -> None:
    alice.is_superuser = True
    alice.save()
    assert helper.post(url("change", alice.pk), profile(alice, name="Mallory")).status_code == 403
    password = reverse("admin:auth_user_password_change", args=[alice.pk])
    assert helper.get(password).status_code == 403


def test_deleting_a_token_revokes_it(boss: Client, alice: User) -> None:
    token, secret = AuthToken.objects.create(user=alice)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client(headers=bearer).get("/api/users/me").status_code == 200
    delete = reverse("admin:knox_authtoken_delete", args=[token.pk])
    assert boss.post(delete, {"post": "yes"}).status_code == 302
    assert Client(headers=bearer).get("/api/users/me").status_code == 401


def test_a_token_can_be_neither_made_nor_changed(boss: Client, alice: User) -> None:
    token, _secret = AuthToken.objects.create(user=alice)
    assert boss.get(reverse("admin:knox_authtoken_add")).status_code == 403
    assert boss.post(reverse("admin:knox_authtoken_change", args=[token.pk]), {}).status_code == 403
