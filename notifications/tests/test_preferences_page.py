"""What reaches a person, by category and channel."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from notifications.models import Category, Frequency, NotificationPreference

pytestmark = pytest.mark.django_db
PREFERENCES = "/notifications/preferences/"
Browse = Callable[[User], Client]
ALL_ON = {
    f"{category}-{channel}": "on"
    for category in ("community", "account")
    for channel in ("in_app_enabled", "email_enabled")
}


def without(*names: str) -> dict[str, str]:
    return {name: value for name, value in ALL_ON.items() if name not in names}


def checked_in(client: Client) -> int:
    """How many switches of the table are on."""
    html = client.get(PREFERENCES).content.decode()
    return html[html.index("<table") : html.index("</table>")].count(" checked")


def test_it_offers_what_the_site_has_and_says_what_is_in_it(alice: User, browse: Browse) -> None:
    html = browse(alice).get(PREFERENCES).content.decode()
    assert 'id="community"' in html
    assert 'id="account"' in html
    assert "Somebody replied to your comment" in html
    assert "Somebody signed in to your account" in html
    assert 'id="reports"' not in html
    assert "push" not in html
    assert 'name="community-email_frequency"' in html


def test_without_a_choice_everything_is_on(alice: User, browse: Browse) -> None:
    assert checked_in(browse(alice)) == 4


def test_switching_off_is_stored_and_shown(alice: User, browse: Browse) -> None:
    client = browse(alice)
    response = client.post(PREFERENCES, without("community-email_enabled"), follow=True)
    assert "Saved." in response.content.decode()
    stored = NotificationPreference.objects.get(user=alice)
    assert (stored.notification_type, stored.in_app_enabled, stored.email_enabled) == (
        "community",
        True,
        False,
    )
    assert checked_in(client) == 3


def test_what_the_page_does_not_offer_is_kept(alice: User, browse: Browse) -> None:
    NotificationPreference.objects.create(
        user=alice, notification_type=Category.COMMUNITY, push_enabled=False, email_frequency=Frequency.DAILY
    )
    browse(alice).post(PREFERENCES, without("community-in_app_enabled"))
    stored = NotificationPreference.objects.get(user=alice)
    assert (stored.in_app_enabled, stored.push_enabled, stored.email_frequency) == (
        False,
        False,
        Frequency.DAILY,
    )


def test_what_was_not_touched_is_not_stored(alice: User, browse: Browse) -> None:
    browse(alice).post(PREFERENCES, ALL_ON)
    assert not NotificationPreference.objects.exists()


def test_saving_twice_is_saving_once(alice: User, browse: Browse) -> None:
    client = browse(alice)
    for _ in range(2):
        client.post(PREFERENCES, {})
    assert NotificationPreference.objects.filter(user=alice, email_enabled=False).count() == 2


def test_nobody_elses_are_changed(alice: User, bob: User, browse: Browse) -> None:
    browse(bob).post(PREFERENCES, {})
    assert not NotificationPreference.objects.of(alice).exists()


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    assert client.get(PREFERENCES)["Location"] == f"/accounts/login/?next={PREFERENCES}"


def test_its_queries_are_fixed(alice: User, browse: Browse, django_assert_num_queries: Any) -> None:
    client = browse(alice)
    client.post(PREFERENCES, {})
    client.get(PREFERENCES)  # the message of saving is shown once
    # session, person, choices (5 tables), quiet hours, badge, bounces, groups, newsletter (2); 7: last week
    with django_assert_num_queries(22):
        client.get(PREFERENCES)
