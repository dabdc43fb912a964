"""The community that the load generator fills by bare SQL is one that the product could have written."""

import pytest
from django.db.models import Count

from benchmarks.cases import community, load
from notifications.models import Event, Notification
from notifications.upkeep.audit import audit
from reputation.models import Entry, Standing

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]


def test_every_promise_holds_of_it_and_everybody_online_has_something_to_do() -> None:
    community.write(people=200, notifications=4_000)

    assert 3_800 <= Notification.objects.count() <= 4_000  # by chance some fall on one another
    assert {str(check.promise): count for check, count in audit() if count} == {}
    assert set(Event.objects.values_list("kind", flat=True)) == {
        "LIKE", "COMMENT", "BOOKMARK", "GROUP_JOIN", "GROUP_POST",
    }  # fmt: skip
    of_each = Notification.objects.values("recipient").annotate(rows=Count("pk")).order_by("-rows")
    rows = [each["rows"] for each in of_each]
    assert rows[0] > 2 * rows[len(rows) // 2]  # a few have much
    assert Standing.objects.exists()
    assert Entry.objects.exists()

    load.sign_in(online=20)
    for what in load.MAKERS:
        assert len(load.calls(3, what)) == 3
    assert len({call[2] for call in load.calls(200)}) > 50
    assert not load.is_waiting()
