from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from accounts.models import User
from community.models import Comment
from community.thread import FEW, PART, Node, Part, part_of, reading_order, thread_of

ALICE, BOB = User(pk=1, username="alice"), User(pk=2, username="bob")
DAY = datetime(2030, 1, 1, tzinfo=UTC)


def thread(*parents: int, deleted: int = 0) -> list[Node]:
    """Comments 1, 2, 3 …, each a reply to the comment of that number, 0 for none; odd ones are alice's."""
    comments: dict[int, Comment] = {}
    for pk, parent in enumerate(parents, start=1):
        comments[pk] = Comment(
            pk=pk,
            author=(BOB, ALICE)[pk % 2],
            created_at=DAY + timedelta(minutes=pk),
            deleted_at=DAY if pk == deleted else None,
        )
        comments[pk].parent = comments.get(parent)
    return thread_of(reading_order(numbered(parents)), comments)


def numbered(parents: Iterable[int]) -> list[tuple[int, int | None]]:
    return [(pk, parent or None) for pk, parent in enumerate(parents, start=1)]


def parts(*parents: int) -> list[Part]:
    """From the first to the last, by the links that lead on."""
    order = reading_order(numbered(parents))
    found = [part_of(order)]
    while found[-1].following:
        found.append(part_of(order, found[-1].following))
    return found


def drawn(nodes: list[Node]) -> list[str]:
    lines = []
    for node in nodes:
        answers = f" to {node.answers.username}" if node.answers else ""
        lines += ["." * node.step + f"{node.comment.pk}{answers}", *drawn(node.replies)]
    return lines


def test_replies_stand_under_what_they_answer() -> None:
    assert drawn(thread(0, 0, 1, 2, 1)) == ["1", ".3", ".5", "2", ".4"]


def test_past_two_steps_the_thread_is_flat_and_says_whom_a_reply_answers() -> None:
    assert drawn(thread(0, 1, 2, 3, 4, 2, 3)) == [
        "1", ".2", "..3", "..4 to alice", "..5 to bob", "..6", "..7 to alice",
    ]  # fmt: skip


def test_a_deleted_comment_is_not_named_by_those_who_answered_it() -> None:
    assert drawn(thread(0, 1, 2, 3, deleted=3))[-1] == "..4"


def test_a_reply_that_is_dated_before_its_parent_is_not_lost() -> None:
    assert drawn(thread(2, 0)) == ["1", "2"]


def test_people_may_talk_for_ten_thousand_replies() -> None:
    nodes = thread(*range(10_000))

    assert len(nodes[0].replies[0].replies) == 9_998


def test_a_long_thread_comes_in_parts_that_leave_nothing_out() -> None:
    found = parts(*[0] * 1000)
    assert [len(part.places) for part in found] == [PART] * 5
    assert [place.pk for part in found for place in part.places] == list(range(1, 1001))
    assert [part.left for part in found] == [800, 600, 400, 200, 0]
    assert [part.earlier for part in found] == [0, 1, 201, 401, 601]


def test_a_few_more_are_no_part_of_their_own() -> None:
    assert [len(part.places) for part in parts(*[0] * (PART + FEW))] == [PART + FEW]
    assert [len(part.places) for part in parts(*[0] * (PART + FEW + 1))] == [PART, FEW + 1]
    assert parts()[0].is_all


def test_a_part_that_begins_among_replies_shows_what_they_answer() -> None:
    found = parts(*range(300))  # each answers the one before
    assert [place.pk for place in found[1].places[:3]] == [1, 2, PART + 1]
    assert found[1].first == PART + 1


def test_a_comment_is_looked_for_in_the_order_of_reading() -> None:
    order = reading_order([*numbered([0] * 400), (401, 1)])
    assert part_of(order, 401).places[1].pk == 401
    assert part_of(order, 400).earlier
    assert not part_of(order, 99_999).earlier
