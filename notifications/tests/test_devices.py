"""Which devices ring: after a yes, for one person, until that ends."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from conftest import PASSWORD, Browse
from notifications import devices
from notifications.channels import vapid
from notifications.models import NotificationPreference, PushSubscription, Rule
from notifications.tests.phones import Phone
from testing.http_server import FarEnd

pytestmark = pytest.mark.django_db
both = pytest.mark.both_databases

Api = Callable[[User | None], APIClient]
ANDROID = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


@pytest.fixture
def phone(settings: Settings) -> Phone:
    settings.PUSH_SERVICES = ["push.example"]
    return Phone(FarEnd("https://push.example"))


def add(client: Client, phone: Phone) -> Any:
    return client.post(
        "/api/notifications/devices", phone.subscription, "application/json", headers={"User-Agent": ANDROID}
    )


def test_a_browser_that_says_yes_is_listed(alice: User, browse: Browse, phone: Phone) -> None:
    client = browse(alice)
    answer = add(client, phone)
    assert answer.status_code == 201
    listed = client.get("/api/notifications/devices").json()
    assert listed["server_key"] == vapid.public_key()
    [device] = listed["devices"]
    assert device == answer.json()
    assert (device["name"], device["is_this"], device["last_used_at"]) == ("Firefox on Android", True, None)
    assert phone.subscription["endpoint"] not in str(listed)


@both
def test_said_twice_it_is_one_device(alice: User, browse: Browse, phone: Phone) -> None:
    client = browse(alice)
    assert add(client, phone).json()["id"] == add(client, phone).json()["id"]
    assert PushSubscription.objects.count() == 1


@both
def test_a_browser_rings_for_who_said_so_last(alice: User, bob: User, browse: Browse, phone: Phone) -> None:
    add(browse(alice), phone)
    add(browse(bob), phone)
    assert [device.user for device in PushSubscription.objects.all()] == [bob]


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "https://push.example.evil.example/x"},
        {"endpoint": "https://push.example@evil.example/x"},
        {"endpoint": "nonsense"},
        {"endpoint": "https://push.example/" + "x" * 1000},
        {"keys": {"p256dh": "AAAA", "auth": "c2l4dGVlbiBieXRlcyBvaw"}},
        {"keys": {"p256dh": "é", "auth": ""}},
        {"keys": {}},
        {"keys": None},
    ],
)
def test_what_no_browser_says_is_refused(
    alice: User, browse: Browse, phone: Phone, change: dict[str, Any]
) -> None:
    said = phone.subscription | change
    answer = browse(alice).post("/api/notifications/devices", said, "application/json")
    assert answer.status_code == 400
    assert set(answer.json()) == set(change)
    assert not PushSubscription.objects.exists()


@both
def test_nobody_has_more_than_sixteen(alice: User, phone: Phone) -> None:
    for number in range(devices.MOST + 2):
        phone.path = f"/{number}"
        phone.of(alice)
        PushSubscription.objects.filter(endpoint__endswith="/0").update(last_used_at=timezone.now())
    left = [device.endpoint.rpartition("/")[2] for device in PushSubscription.objects.order_by("pk")]
    assert left == ["0", *(str(number) for number in range(3, 18))]


def test_it_is_removed_in_any_browser_of_its_owner(
    alice: User, bob: User, browse: Browse, api: Api, phone: Phone
) -> None:
    device = phone.of(alice)
    assert browse(bob).post(f"/notifications/preferences/devices/{device.pk}/remove/").status_code == 404
    assert api(bob).delete(f"/api/notifications/devices/{device.pk}").status_code == 404
    assert browse(alice).post(f"/notifications/preferences/devices/{device.pk}/remove/").status_code == 302
    assert api(alice).delete(f"/api/notifications/devices/{device.pk}").status_code == 404


def test_signing_out_silences_this_device_and_no_other(alice: User, browse: Browse, phone: Phone) -> None:
    here, there = browse(alice), browse(alice)
    add(here, phone)
    phone.path = "/other"
    add(there, phone)
    here.post("/accounts/logout/")
    assert [device.endpoint[-6:] for device in PushSubscription.objects.all()] == ["/other"]


def test_somebody_else_who_signs_in_there_hears_nothing_of_whoever_was_there(
    alice: User, bob: User, browse: Browse, phone: Phone
) -> None:
    client = browse(alice)
    add(client, phone)
    client.cookies.pop("sessionid")  # it ended by itself
    client.post("/accounts/login/", {"login": "bob", "password": PASSWORD})
    assert not PushSubscription.objects.exists()


def test_a_new_password_silences_every_device_but_this(alice: User, browse: Browse, phone: Phone) -> None:
    here = browse(alice)
    add(here, phone)
    phone.path = "/other"
    add(browse(alice), phone)
    new = {
        "oldpassword": PASSWORD,
        "password1": "another-horse-battery",
        "password2": "another-horse-battery",
    }
    assert here.post("/accounts/password/change/", new).status_code == 302
    assert [device.endpoint[-6:] for device in PushSubscription.objects.all()] == ["/phone"]


def test_whose_account_goes_has_no_devices(alice: User, phone: Phone) -> None:
    phone.of(alice)
    alice.delete()
    assert not PushSubscription.objects.exists()


def test_the_switches_of_devices_come_with_the_first_of_them(
    alice: User, browse: Browse, phone: Phone
) -> None:
    client = browse(alice)
    assert "community-push_enabled" not in client.get("/notifications/preferences/").content.decode()
    add(client, phone)
    page = client.get("/notifications/preferences/").content.decode()
    assert "community-push_enabled" in page
    assert "kind-LIKE-push" in page
    assert "kind-BOOKMARK-push" not in page  # it rings nobody
    assert "this device" in page

    client.post(
        "/notifications/preferences/",
        {"community-in_app_enabled": "on", "community-email_enabled": "on", "kind-LIKE-push": "on"},
    )
    assert not NotificationPreference.objects.get(notification_type="community").push_enabled
    assert Rule.objects.get(type="LIKE").push


def test_without_a_device_the_page_changes_nothing_of_theirs(alice: User, browse: Browse) -> None:
    NotificationPreference.objects.create(user=alice, notification_type="community", push_enabled=False)
    browse(alice).post("/notifications/preferences/", {"community-in_app_enabled": "on"})
    stored = NotificationPreference.objects.get(notification_type="community")
    assert (stored.email_enabled, stored.push_enabled) == (False, False)


def test_the_script_that_rings_is_at_the_root(client: Client) -> None:
    answer = client.get("/service-worker.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript")
    assert answer["Cache-Control"] == "no-cache"


def test_the_key_of_a_site_is_made_once(settings: Settings, tmp_path: Any) -> None:
    settings.VAPID_PRIVATE_KEY, settings.VAR_DIR = "", tmp_path / "var"
    key = vapid.public_key()
    assert vapid.public_key() == key
    [file] = (tmp_path / "var").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("said", "label"),
    [
        (ANDROID, "Firefox on Android"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/149 Safari/537.36 Edg/149",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/26 Safari/605",
            "Safari on Mac",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/149 Safari/537.36", "Chrome on Linux"),
        ("", "A browser"),
    ],
)
def test_a_device_has_a_name_that_its_owner_knows(
    alice: User, browse: Browse, phone: Phone, said: str, label: str
) -> None:
    answer = browse(alice).post(
        "/api/notifications/devices", phone.subscription, "application/json", headers={"User-Agent": said}
    )
    assert answer.json()["name"] == label
