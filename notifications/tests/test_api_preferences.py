"""GET and PUT /api/notifications/preferences."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from notifications.models import NotificationPreference

Api = Callable[[User | None], APIClient]
PATH = "/api/notifications/preferences"
DEFAULTS = {
    "in_app_enabled": True,
    "email_enabled": True,
    "push_enabled": True,
    "email_frequency": "instant",
}


def by_type(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row.pop("notification_type"): row for row in rows}


def test_every_category_has_a_row_and_reading_stores_none(alice: User, api: Api) -> None:
    rows = by_type(api(alice).get(PATH).json())
    assert rows == dict.fromkeys(("community", "account", "reports", "projects"), DEFAULTS)
    assert not NotificationPreference.objects.exists()


def test_one_row_can_be_set(alice: User, bob: User, api: Api) -> None:
    row = {
        "notification_type": "community",
        "in_app_enabled": False,
        "email_enabled": True,
        "push_enabled": False,
        "email_frequency": "weekly",
    }
    for _time in range(2):
        response = api(alice).put(PATH, row, format="json")
        assert response.status_code == 200
        assert row in response.json()
        assert len(response.json()) == 4
    assert api(alice).get(PATH).json() == response.json()
    assert by_type(api(bob).get(PATH).json())["community"] == DEFAULTS


def test_several_rows_can_be_set_and_what_is_left_out_stays(alice: User, api: Api) -> None:
    api(alice).put(PATH, {"notification_type": "reports", "email_frequency": "daily"}, format="json")
    rows = [
        {"notification_type": "reports", "email_enabled": False},
        {"notification_type": "account", "push_enabled": False},
    ]
    set_rows = by_type(api(alice).put(PATH, rows, format="json").json())
    assert set_rows["reports"] == DEFAULTS | {"email_enabled": False, "email_frequency": "daily"}
    assert set_rows["account"] == DEFAULTS | {"push_enabled": False}
    assert len(api(alice).put(PATH, [], format="json").json()) == 4


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "notification_type"),
        ({"notification_type": "weather"}, "notification_type"),
        ({"notification_type": None}, "notification_type"),
        ({"notification_type": ["community"]}, "notification_type"),
        ({"notification_type": "community", "email_frequency": "yearly"}, "email_frequency"),
        ({"notification_type": "community", "email_frequency": 7}, "email_frequency"),
        ({"notification_type": "community", "email_enabled": "no"}, "email_enabled"),
        ({"notification_type": "community", "push_enabled": None}, "push_enabled"),
        ({"notification_type": "community", "in_app_enabled": 0}, "in_app_enabled"),
        ([{"notification_type": "community"}, {"notification_type": "weather"}], "notification_type"),
        ([[]], "non_field_errors"),
        (["community"], "non_field_errors"),
        ("community", "non_field_errors"),
        (7, "non_field_errors"),
        ([{"notification_type": "community"}] * 21, "detail"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(
    alice: User, api: Api, body: object, field: str
) -> None:
    response = api(alice).put(PATH, body, format="json")
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert not NotificationPreference.objects.exists()


def test_nobody_sets_anothers(alice: User, bob: User, api: Api) -> None:
    row = {
        "notification_type": "community",
        "email_enabled": False,
        "user": bob.pk,
        "user_id": bob.pk,
        "id": 1,
    }
    assert api(alice).put(PATH, row, format="json").status_code == 200
    assert NotificationPreference.objects.get().user == alice
