"""One post in a large group, told to all of its members."""

import time

from django.db import transaction

from community.engagement import POSTED_IN_GROUP
from community.models import Group, GroupMembership, Post
from notifications.models import Category, Event, Notification, NotificationPreference
from notifications.outbox.audience import expand_chunk
from notifications.service import NotificationService

from . import population
from .population import Statements, execute

OPTED_OUT_EVERY = 20


def prepare(sizes: list[int]) -> None:
    """A group of each size; one member in twenty has switched its notifications off."""
    population.migrate()
    user_ids = population.people(max(sizes) + 1)
    NotificationPreference.objects.bulk_create(
        (
            NotificationPreference(
                user_id=user_id,
                notification_type=Category.COMMUNITY,
                in_app_enabled=number % OPTED_OUT_EVERY != 0,
            )
            for number, user_id in enumerate(user_ids)
            if number % (OPTED_OUT_EVERY // 2) == 0  # as many have a row that says yes
        ),
        batch_size=population.BATCH,
    )
    for size in sizes:
        group = Group.objects.create(slug=f"group-{size}", name=f"Group of {size}")
        members = population.shuffled(user_ids[1 : size + 1])
        GroupMembership.objects.bulk_create(
            (GroupMembership(group=group, user_id=user_id) for user_id in members),
            batch_size=population.BATCH,
        )
        execute(
            f"""
            CREATE TABLE told_{size} AS SELECT m.user_id FROM community_groupmembership m
            WHERE m.group_id = {group.pk} AND NOT EXISTS (
                SELECT 1 FROM notifications_notificationpreference p
                WHERE p.user_id = m.user_id AND NOT p.in_app_enabled
            ) ORDER BY m.user_id
            """
        )
        with transaction.atomic():
            Post.objects.create(author_id=user_ids[0], group=group, title=f"Post {size}", content="To all.")
    population.settle_everything()


def _post(size: int) -> Event:
    population.empty_hot_tables()
    post = Post.objects.get(title=f"Post {size}")
    with transaction.atomic():
        NotificationService.emit(POSTED_IN_GROUP, post)
    population.settle()
    return Event.objects.get(kind=POSTED_IN_GROUP.type)


def _result(size: int, seconds: float) -> dict[str, float]:
    rows = Notification.objects.count()
    if rows != execute(f"SELECT count(*) FROM told_{size}")[0][0]:
        raise SystemExit(f"In a group of {size}, {rows} were told: nothing was measured.")
    return {"per_second": rows / seconds}


def engine(size: int) -> dict[str, float]:
    """In chunks, each with its own commit, as the dispatcher does it."""
    event, statements, longest = _post(size), Statements(), 0.0
    start = time.perf_counter()
    left = True
    while left:
        begun = time.perf_counter()
        with statements.counted(), transaction.atomic():
            left = expand_chunk(event.pk)
        longest = max(longest, time.perf_counter() - begun)
    seconds = time.perf_counter() - start
    return _result(size, seconds) | {"statements": statements.count, "longest": longest}


def raw(size: int) -> dict[str, float]:
    """The same rows by one statement, from a list of the people to be told that was made before."""
    event = _post(size)
    start = time.perf_counter()
    execute(
        f"""
        INSERT INTO notifications_notification
            (recipient_id, event_id, kind, group_key, actor_id, actor_ids, actors_count,
             target_type, target_id, object_id, priority, created_at)
        SELECT user_id, e.id, e.kind, e.group_key, e.actor_id, '[1]', 1,
             e.target_type, e.target_id, e.object_id, 0, e.created_at
        FROM told_{size}, notifications_event e WHERE e.id = {event.pk}
        """
    )
    return _result(size, time.perf_counter() - start)
