from datetime import UTC, datetime, timedelta

from accounts.models import User
from community.models import Comment
from community.thread import Node, thread_of

ALICE, BOB = User(pk=1, username="alice"), User(pk=2, username="bob")
DAY = datetime(2030, 1, 1, tzinfo=UTC)


def thread(*parents: int, deleted: int = 0) -> list[Node]:
    """Comments 1, 2, 3 …, each a reply to the comment of that number, 0 for none; odd ones are alice's."""
    return thread_of(
        Comment(
            pk=pk,
            parent_id=parent or None,
            author=(BOB, ALICE)[pk % 2],
            created_at=DAY + timedelta(minutes=pk),
            deleted_at=DAY if pk == deleted else None,
        )
        for pk, parent in enumerate(parents, start=1)
    )


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
