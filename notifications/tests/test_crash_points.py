"""SIGKILL at every named place between the press of a button and the mail: nothing lost, nothing twice."""

import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.db.models import Q
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.models import Group, GroupMembership, Post, PostReaction
from notifications import crash_points
from notifications.inbox import actions as inbox
from notifications.models import Category, Delivery, Event, Notification, QuietHours
from notifications.models.delivery import TOLD
from notifications.outbox import pipeline, reconciler, workers
from notifications.steering.preferring import set_preferences
from notifications.tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases, pytest.mark.chaos]
PACKAGE = Path(crash_points.__file__).parent


def points_in(files: Iterable[Path]) -> list[str]:
    return sorted({name for file in files for name in re.findall(r'reach\("([^"]+)"\)', file.read_text())})


# Those of the jobs have tests of their own: nothing of theirs lies on the way of a like.
POINTS = points_in(file for file in PACKAGE.rglob("*.py") if not {"tests", "upkeep"} & {*file.parts})
OF_SUMMARIES = points_in([PACKAGE / "outgoing" / "summaries.py", PACKAGE / "outgoing" / "sending.py"])


@pytest.fixture
def smtp(settings: Settings) -> Iterator[SmtpServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the tests drain
    settings.NOTIFICATION_RETRY_SECONDS = [0]
    with SmtpServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def killed_at(point: str, work: Callable[[], object]) -> bool:
    """Do `work` in a process of its own that dies at `point`; False where it never came there."""
    connections.close_all()  # a child must not share our connection
    pid = os.fork()
    if pid == 0:
        try:
            crash_points.arm(point)
            work()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def recover() -> None:
    """What any living process does within a minute: bury the dead, drain, and drain what that released."""
    me = workers.register()
    for _ in range(3):
        workers.bury_the_dead(me)
        Delivery.objects.filter(state="pending").update(due_at=timezone.now())
        pipeline.drain(me)
    workers.leave(me)


def story(bob: User, post: Post) -> None:
    """A like and all that follows, with a worker's death noticed and a retraction on the way."""
    actions.react(bob, post)
    me = workers.register()
    workers.bury_the_dead(me)
    pipeline.drain(me)


def test_there_are_points_all_along_the_way() -> None:
    assert len(POINTS) >= 18


@pytest.mark.parametrize("point", POINTS)
def test_a_like_survives(point: str, post: Post, alice: User, bob: User, smtp: SmtpServer) -> None:
    killed_at(point, lambda: story(bob, post))
    actions.react(bob, post)  # the person presses again, not knowing
    recover()

    assert PostReaction.objects.count() == 1
    assert Event.objects.get().outcome == Event.Outcome.NOTIFIED
    assert Notification.objects.of(alice).get().actors_count == 1
    assert 1 <= len(smtp.messages) <= 2
    assert Delivery.objects.get().state == Delivery.State.SENT
    twice = point in {"after the hand-over", "before its end is committed"}
    assert len(smtp.messages) == 2 if twice else len(smtp.messages) == 1
    assert len({message["Message-ID"] for message in smtp.messages}) == 1


def some_news(bob: User, post: Post) -> None:
    """A comment and a like that wait for a summary; then it is due, and one mail tells of both."""
    actions.comment(bob, post, "Any left?")
    actions.react(bob, post)
    me = workers.register()
    pipeline.drain(me)
    time_passes()
    pipeline.drain(me)


def time_passes() -> None:
    QuietHours.objects.update(is_on=False)
    Delivery.objects.filter(state="pending").update(due_at=timezone.now())


def it_survives(point: str, bob: User, post: Post, smtp: SmtpServer) -> None:
    assert killed_at(point, lambda: some_news(bob, post))
    time_passes()
    recover()

    rows = Notification.objects.of(post.author).filter(target_type="post")
    assert Delivery.objects.exclude(event_id=None).count() == rows.count() >= 1
    alone = Q(state=Delivery.State.SENT)
    left = Delivery.objects.filter(alone, event_id=None).values("pk")
    summed_up = Q(reason__in=TOLD, summary_id__in=left)
    assert not Delivery.objects.exclude(alone | summed_up).exists()
    copies = Counter(message["Message-ID"] for message in smtp.messages)
    twice = point in {"after the hand-over", "before its end is committed"}
    assert max(copies.values()) == (2 if twice else 1)


@pytest.mark.parametrize(
    "point", sorted({*OF_SUMMARIES, "before a mail is held", "before the hold is committed"})
)
def test_a_night_survives(point: str, post: Post, alice: User, bob: User, smtp: SmtpServer) -> None:
    now = timezone.now()
    hours = {"starts": (now - timedelta(hours=1)).time(), "ends": (now + timedelta(hours=1)).time()}
    QuietHours.objects.create(user=alice, is_on=True, **hours)
    it_survives(point, bob, post, smtp)


@pytest.mark.parametrize(
    "point",
    [
        "after the deliveries", "before mails are held", "before the holds are committed",
        "before the members are taken", "before the hand-over", "after the hand-over",
    ],
)  # fmt: skip
def test_a_day_survives(point: str, post: Post, alice: User, bob: User, smtp: SmtpServer) -> None:
    set_preferences(alice, {Category.COMMUNITY: {"email_frequency": "daily"}})
    it_survives(point, bob, post, smtp)


def test_a_retraction_that_is_killed_has_not_begun(
    post: Post, alice: User, bob: User, smtp: SmtpServer
) -> None:
    actions.react(bob, post)
    recover()

    assert killed_at("in the middle of a retraction", lambda: actions.unreact(bob, post))
    assert Notification.objects.of(alice).count() == PostReaction.objects.count() == 1

    actions.unreact(bob, post)
    assert Notification.objects.of(alice).count() == PostReaction.objects.count() == 0


def test_an_audience_is_told_once_whatever_chunk_is_killed(
    alice: User, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.outbox.audience.expand_chunk.__kwdefaults__", {"chunk": 5})
    people = [User(username=f"m{n}", name=f"M {n}", email=f"m{n}@example.com") for n in range(12)]
    group = actions.create_group(alice, "Everybody")
    users = User.objects.bulk_create(people)
    GroupMembership.objects.bulk_create([GroupMembership(group=group, user=user) for user in users])
    actions.create_post(alice, "Hello all", group=Group.objects.get())

    assert pipeline.expand_next()
    assert killed_at("in the middle of a chunk", pipeline.expand_next)
    recover()

    told = list(Notification.objects.filter(kind="GROUP_POST").values_list("recipient_id", flat=True))
    assert sorted(told) == sorted(user.pk for user in users)


def test_a_burial_that_is_killed_is_done_by_the_next(
    post: Post, alice: User, bob: User, smtp: SmtpServer
) -> None:
    assert killed_at("after holding", lambda: story(bob, post))
    me = workers.register()
    assert killed_at("in the middle of a burial", lambda: workers.bury_the_dead(me))
    recover()

    assert Notification.objects.of(alice).get().actors_count == 1


def test_reading_undoes_no_event_of_a_killed_process(
    post: Post, alice: User, bob: User, smtp: SmtpServer
) -> None:
    assert killed_at("before the commit of the batch", lambda: story(bob, post))
    assert inbox.mark_all_read(alice)[0] == 0
    recover()

    assert reconciler.heal() == 0
    assert Notification.objects.of(alice).unread().count() == 1
