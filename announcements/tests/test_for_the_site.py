"""Whoever announces speaks for the site: who hears all the same, who does not, and all who say so agree."""

from typing import Any

import pytest

from accounts.models import User
from announcements.kind import ANNOUNCED
from community.actions import create_post, react
from community.models import Group
from conftest import MakeUser
from notifications.models import Delivery, Event, Notification, NotificationPreference, PresetChoice, Rule
from notifications.steering.blocking import block
from notifications.steering.reaching import reach_of
from notifications.upkeep.explain import reach

from .conftest import Draft

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def test_what_is_chosen_narrowly_keeps_it_out_and_nothing_else(
    draft: Draft, told: Draft, alice: User, bob: User, chloe: User, make_user: MakeUser
) -> None:
    for person in (bob, chloe):
        block(person, alice)
    quiet, kind_off, category_off = (make_user(name) for name in ("quiet", "kind-off", "category-off"))
    for person in (chloe, quiet):
        PresetChoice.objects.create(user=person, preset="quiet")
    Rule.objects.create(user=kind_off, scope="kind", type="ANNOUNCEMENT", in_app=False, email=False)
    NotificationPreference.objects.create(
        user=category_off, notification_type="community", in_app_enabled=False, email_enabled=False
    )
    foreseen = reach_of(ANNOUNCED, draft(by_mail=True))
    told(by_mail=True)

    rows = dict(Notification.objects.values_list("recipient", "decided_by"))
    assert rows == {bob.pk: "", chloe.pk: "", quiet.pk: ""}
    assert [delivery.recipient_id for delivery in Delivery.objects.all()] == [bob.pk]
    assert (foreseen.people, foreseen.in_app, foreseen.mail_now, foreseen.mail_off) == (5, 3, 1, 4)
    assert foreseen.unreached == 2
    event = Event.objects.get(kind="ANNOUNCEMENT")
    explained = {person.pk: reach(event, person) for person in (bob, chloe, kind_off, category_off)}
    assert {pk: (each.in_app, each.in_app_by) for pk, each in explained.items()} == {
        bob.pk: ("unread", ""), chloe.pk: ("unread", ""),
        kind_off.pk: ("opted_out", "kind"), category_off.pk: ("opted_out", "category"),
    }  # fmt: skip


def test_a_muted_group_is_muted(
    draft: Draft, told: Draft, bob: User, group: Group, for_the_group: dict[str, Any]
) -> None:
    Rule.objects.create(user=bob, scope="place", place_id=group.pk, level="muted")
    assert reach_of(ANNOUNCED, draft(**for_the_group)).unreached == 1
    told(**for_the_group)
    assert not Notification.objects.filter(kind="ANNOUNCEMENT").exists()


def test_a_block_takes_back_what_they_did_and_not_what_they_announced(
    told: Draft, alice: User, bob: User
) -> None:
    react(alice, create_post(bob, "Seedlings to give away"))
    told(by_mail=True)
    assert {row.kind for row in Notification.objects.of(bob)} == {"LIKE", "ANNOUNCEMENT"}
    block(bob, alice)
    assert Notification.objects.of(bob).get().kind == "ANNOUNCEMENT"
