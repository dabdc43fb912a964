"""Quiet hours, as a person sets them on a page and a program through the API."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from notifications.models import QuietHours, Weekday
from notifications.models.quiet import EVERY_DAY

pytestmark = pytest.mark.django_db
PAGE, API = "/notifications/preferences/quiet-hours/", "/api/notifications/quiet-hours"
Browse = Callable[[User], Client]
Api = Callable[[User | None], APIClient]
SAID: dict[str, Any] = {
    "quiet-is_on": "on", "quiet-starts": "21:30", "quiet-ends": "06:45", "quiet-weekdays": ["0", "4"],
    "quiet-urgent_gets_through": "on", "quiet-time_zone": "Europe/Berlin",
}  # fmt: skip
DEFAULTS = {
    "enabled": False, "from": "22:00", "to": "07:00", "urgent_gets_through": True, "time_zone": "UTC",
    "weekdays": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    "quiet_until": None,
}  # fmt: skip


def test_the_page_stores_what_is_said_and_shows_it_again(alice: User, browse: Browse) -> None:
    client = browse(alice)
    answer = client.post(PAGE, SAID)
    assert answer["Location"] == "/notifications/preferences/#quiet-hours"
    hours = QuietHours.objects.get(user=alice)
    assert (hours.is_on, hours.starts, hours.ends) == (True, time(21, 30), time(6, 45))
    assert hours.weekdays == [Weekday.MONDAY, Weekday.FRIDAY]
    alice.refresh_from_db()
    assert alice.time_zone == "Europe/Berlin"

    for page in ("/notifications/preferences/", PAGE):
        html = client.get(page).content.decode()
        assert 'value="21:30"' in html
        assert '<option value="Europe/Berlin" selected>' in html


def test_a_switch_left_out_is_off(alice: User, browse: Browse) -> None:
    switches = {"quiet-is_on", "quiet-urgent_gets_through"}
    browse(alice).post(PAGE, {name: said for name, said in SAID.items() if name not in switches})
    hours = QuietHours.objects.get(user=alice)
    assert (hours.is_on, hours.urgent_gets_through) == (False, False)


@pytest.mark.parametrize(
    ("spoilt", "complaint"),
    [
        ({"quiet-starts": "25:00"}, "Enter a valid time."),
        ({"quiet-ends": ""}, "This field is required."),
        ({"quiet-ends": "21:30"}, "Must differ from the time they begin."),
        ({"quiet-weekdays": []}, "Choose a day, or switch quiet hours off."),
        ({"quiet-weekdays": ["7"]}, "Select a valid choice."),
        ({"quiet-time_zone": "Middle/Earth"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(
    spoilt: dict[str, Any], complaint: str, alice: User, browse: Browse
) -> None:
    answer = browse(alice).post(PAGE, SAID | spoilt)
    assert answer.status_code == 422
    assert complaint in answer.content.decode()
    assert not QuietHours.objects.exists()


def test_it_says_whether_it_is_quiet_now(alice: User, browse: Browse) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    soon = {
        "quiet-starts": f"{now - hour:%H:%M}", "quiet-ends": f"{now + hour:%H:%M}",
        "quiet-time_zone": "UTC", "quiet-weekdays": [str(n) for n in range(7)],
    }  # fmt: skip
    html = browse(alice).post(PAGE, SAID | soon, follow=True).content.decode()
    assert "It is quiet now, until" in html


def test_the_api_shows_the_defaults_and_changes_what_is_given(alice: User, api: Api) -> None:
    client = api(alice)
    assert client.get(API).json() == DEFAULTS
    answer = client.put(API, {"enabled": True, "from": "20:15", "weekdays": ["sunday"]}, format="json")
    changed = DEFAULTS | {"enabled": True, "from": "20:15", "weekdays": ["sunday"]}
    assert answer.json() | {"quiet_until": None} == changed
    assert client.get(API).json() == answer.json()


def test_the_api_knows_until_when_it_is_quiet(alice: User, api: Api) -> None:
    now = timezone.now()
    hours = {"from": f"{now - timedelta(hours=1):%H:%M}", "to": f"{now + timedelta(hours=1):%H:%M}"}
    answer = api(alice).put(API, hours | {"enabled": True}, format="json").json()
    assert answer["quiet_until"].endswith(f"{hours['to']}:00Z")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("enabled", "yes"), ("from", "24:00"), ("from", "7:00"), ("from", 22), ("from", None),
        ("to", "22:00"), ("to", "07:00:00"), ("weekdays", ["caturday"]), ("weekdays", "monday"),
        ("weekdays", []), ("urgent_gets_through", 1), ("time_zone", "Middle/Earth"), ("time_zone", ""),
        ("time_zone", None),
    ],
)  # fmt: skip
def test_the_api_names_the_field_that_is_wrong(field: str, value: object, alice: User, api: Api) -> None:
    answer = api(alice).put(API, {"enabled": True, field: value}, format="json")
    assert answer.status_code == 400
    assert list(answer.json()) == [field]
    assert not QuietHours.objects.exists()


def test_each_has_their_own(alice: User, bob: User, api: Api) -> None:
    api(bob).put(API, {"enabled": True}, format="json")
    assert api(alice).get(API).json() == DEFAULTS
    assert api(None).get(API).status_code == 401


def test_days_are_kept_as_bits() -> None:
    hours = QuietHours()
    assert (hours.days, hours.weekdays) == (EVERY_DAY, list(Weekday))
    hours.weekdays = [Weekday.SUNDAY, Weekday.MONDAY, Weekday.MONDAY]
    assert (hours.days, hours.weekdays) == (0b100_0001, [Weekday.MONDAY, Weekday.SUNDAY])
