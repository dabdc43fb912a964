"""What becomes of a row: every deed on every state that a row can be in, as a table."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.inbox.states import (
    Change,
    Deed,
    State,
    after,
)

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
THEN, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)
NEW = State(None, None, None, None, None)
READ, SAVED = NEW._replace(read_at=THEN), NEW._replace(saved_at=THEN)
DONE, DONE_UNREAD = State(THEN, THEN, None, None, None), State(NOW, NOW, None, None, None)
ASLEEP = NEW._replace(snoozed_until=LATER)
DELETED = NEW._replace(deleted_at=THEN)


@pytest.mark.parametrize(
    ("deed", "was", "becomes"),
    [
        (Deed.READ, NEW, NEW._replace(read_at=NOW)),
        (Deed.READ, READ, READ),
        (Deed.READ, ASLEEP, ASLEEP._replace(read_at=NOW)),
        (Deed.UNREAD, READ, NEW),
        (Deed.UNREAD, DONE, NEW),
        (Deed.UNREAD, NEW, NEW),
        (Deed.DONE, NEW, DONE_UNREAD),
        (Deed.DONE, READ, READ._replace(done_at=NOW)),
        (Deed.DONE, DONE, DONE),
        (Deed.DONE, ASLEEP, DONE_UNREAD._replace(snoozed_until=LATER)),
        (Deed.UNDONE, DONE_UNREAD, NEW),
        (Deed.UNDONE, READ._replace(done_at=NOW), READ),
        (Deed.UNDONE, NEW, NEW),
        (Deed.SAVE, DONE, DONE._replace(saved_at=NOW)),
        (Deed.SAVE, SAVED, SAVED),
        (Deed.UNSAVE, SAVED, NEW),
        (Deed.SNOOZE, NEW, ASLEEP),
        (Deed.SNOOZE, READ, ASLEEP),
        (Deed.SNOOZE, DONE, ASLEEP),
        (Deed.SNOOZE, SAVED, ASLEEP._replace(saved_at=THEN)),
        (Deed.WAKE, ASLEEP, NEW),
        (Deed.DELETE, DONE, DONE._replace(deleted_at=NOW)),
        *((deed, DELETED, DELETED) for deed in Deed),
    ],
)
def test_a_deed_changes_what_it_says_and_nothing_else(deed: Deed, was: State, becomes: State) -> None:
    assert after(deed, was, now=NOW, until=LATER) == becomes


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("was", [NEW, READ, SAVED, DONE, ASLEEP])
def test_twice_is_once_and_undoing_is_exact(deed: Deed, was: State) -> None:
    once = after(deed, was, now=NOW, until=LATER)
    assert after(deed, once, now=NOW + timedelta(minutes=1), until=LATER) == once
    assert once.done_at is None or once.read_at is not None
    assert Change(1, was, once).taken_back(once) == was


def test_undoing_leaves_what_was_done_since() -> None:
    saved = Change(1, NEW, after(Deed.SAVE, NEW, now=NOW))
    assert saved.taken_back(SAVED) == SAVED, "saved anew, at another time"
    read_since = saved.after._replace(read_at=NOW)
    assert saved.taken_back(read_since) == NEW._replace(read_at=NOW), "other facts stay"
