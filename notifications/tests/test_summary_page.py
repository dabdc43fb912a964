"""The page of a summary, what is told of it elsewhere, and where people choose how often and when."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from community import actions
from community.models import Group, Post
from conftest import Browse
from notifications.models import Delivery, Event, Notification, NotificationPreference
from notifications.outgoing.summing_up import ITEMS_MAX
from notifications.upkeep.explain import reach
from notifications.upkeep.telling import sentences

from .summary_scene import At, berlin, text_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(at: At, ana: User, hers: Post, bob: User) -> Delivery:
    """The summary of a day in which more happened than a mail says."""
    for n in range(ITEMS_MAX + 4):
        actions.comment(bob, hers, f"Number {n}!")
    at(berlin(4, 8))
    return Delivery.objects.get(event_id=None)


def test_its_page_says_the_same_and_all_of_it_to_its_recipient_alone(
    told: Delivery,
    ana: User,
    bob: User,
    browse: Browse,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    assert "and 4 more" in text_of()
    address = f"/notifications/summaries/{told.pk}/"
    assert address in text_of()
    page = browse(ana).get(address).content.decode()
    assert "Your day" in page
    assert page.count("Number ") == ITEMS_MAX + 4
    assert page.index(f"Number {ITEMS_MAX + 3}!") < page.index("Number 0!")
    browser = browse(ana)
    many = count_queries(lambda: browser.get(address))
    Delivery.objects.told_by(told).exclude(pk__in=Delivery.objects.told_by(told)[:2]).delete()
    assert count_queries(lambda: browser.get(address)) == many
    assert browse(bob).get(address).status_code == 404
    single = Delivery.objects.exclude(event_id=None).filter(recipient=ana).first()
    assert single is not None
    assert browser.get(f"/notifications/summaries/{single.pk}/").status_code == 404


def test_its_page_leaves_out_what_may_not_be_seen_any_more(
    at: At, ana: User, hers: Post, bob: User, browse: Browse
) -> None:
    group = actions.create_group(bob, "Closed", is_private=True)
    actions.accept_request(bob, actions.join_group(ana, group))
    inside = actions.create_post(ana, "…", title="Inside", group=group)
    actions.comment(bob, inside, "Between us.")
    actions.comment(bob, hers, "For all.")
    at(berlin(4, 8))
    summary = Delivery.objects.get(event_id=None)
    actions.leave_group(ana, Group.objects.get(pk=group.pk))
    page = browse(ana).get(f"/notifications/summaries/{summary.pk}/").content.decode()
    assert "For all." in page
    assert "Between us." not in page
    assert "Inside" not in page


def test_it_is_explained_to_staff_and_to_her(
    at: At, ana: User, hers: Post, bob: User, browse: Browse
) -> None:
    actions.comment(bob, hers, "A word")
    event = Event.objects.get(kind="COMMENT", recipient=ana)
    row = Notification.objects.get(event_id=event.pk)
    said = " ".join(sentence.text for sentence in sentences(event, reach(event, ana)))
    assert "left to the summary this person chose" in said
    assert "It is due on 2026-06-04 06:00:00 UTC." in said
    assert "It would join the summary that leaves on 2026-06-04 06:00:00 UTC." in said
    browser = browse(ana)
    assert (
        "waits for the summary that you chose"
        in browser.get(f"/notifications/{row.pk}/why/").content.decode()
    )
    at(berlin(4, 8))
    summary = Delivery.objects.get(event_id=None)
    page = browser.get(f"/notifications/{row.pk}/why/").content.decode()
    assert f"/notifications/summaries/{summary.pk}/" in page


def test_it_is_chosen_on_the_page_of_preferences(at: At, ana: User, browse: Browse) -> None:
    browser = browse(ana)
    page = browser.get("/notifications/preferences/").content.decode()
    assert '<option value="daily" selected>' in page
    assert 'name="account-email_frequency"' not in page, "what keeps an account safe comes at once"
    form = {
        "community-in_app_enabled": "on", "community-email_enabled": "on",
        "community-email_frequency": "weekly",
        "account-in_app_enabled": "on", "account-email_enabled": "on",
        "summaries-hour": "18", "summaries-weekday": "4",
    }  # fmt: skip
    assert browser.post("/notifications/preferences/", form).status_code == 302
    stored = NotificationPreference.objects.get(user=ana, notification_type="community")
    assert stored.email_frequency == "weekly"
    ana.refresh_from_db()
    assert (ana.summary_times.hour, ana.summary_times.weekday) == (18, 4)
    form |= {"community-email_frequency": "never", "summaries-hour": "25"}
    assert "errors" in browser.post("/notifications/preferences/", form).content.decode()
    del form["community-email_frequency"], form["summaries-hour"]
    assert browser.post("/notifications/preferences/", form).status_code == 302
    stored.refresh_from_db()
    assert stored.email_frequency == "weekly", "a form without it leaves it as it is"


def test_the_times_are_chosen_by_the_api(at: At, ana: User, api: Callable[[User], APIClient]) -> None:
    client = api(ana)
    assert client.get("/api/notifications/summary-times").json() == {
        "hour": 8, "weekday": "monday", "time_zone": "Europe/Berlin",
        "next": {
            "hourly": "2026-06-03T13:00:00Z", "daily": "2026-06-04T06:00:00Z",
            "weekly": "2026-06-08T06:00:00Z",
        },
    }  # fmt: skip
    answer = client.put(
        "/api/notifications/summary-times", {"hour": 15, "weekday": "thursday"}, format="json"
    )
    assert answer.json()["next"]["daily"] == "2026-06-03T13:00:00Z"
    assert answer.json()["next"]["weekly"] == "2026-06-04T13:00:00Z"
    for wrong in ({"hour": 24}, {"hour": "8"}, {"hour": True}, {"weekday": "someday"}, {"weekday": 1}):
        assert client.put("/api/notifications/summary-times", wrong, format="json").status_code == 400
