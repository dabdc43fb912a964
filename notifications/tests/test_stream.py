"""GET /api/notifications/stream, as CONTRACT says: what comes, in which order, and to whom."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from community import actions
from community.models import Group, Post
from conftest import MakeUser
from notifications.models import Notification
from notifications.realtime.resume import Cursor, EventIds
from notifications.realtime.revisions import Snapshot, lineage, take_revision
from testing.site import Site
from testing.streams import StreamClient

from .stream_scene import Listener, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases, pytest.mark.engine]
Listen = Callable[[User], Listener]


@pytest.fixture
def listener(served: Site) -> Listen:
    return lambda user: Listener(served, user)


def posts(author: User, count: int) -> list[int]:
    return [actions.create_post(author, f"Post {number}").pk for number in range(count)]


def likes_in(stream: StreamClient, count: int) -> list[Any]:
    """Likes alone: housekeeping may find at any moment that alice was never welcomed."""
    found: list[Any] = []
    while len(found) < count:
        event = stream.next("notification")
        found += [event] if event.data["type"] == "LIKE" else []
    return found


def test_it_begins_with_who_is_connected(listener: Listen, alice: User) -> None:
    with listener(alice).listen() as stream:
        first = next(stream.events())
        assert first.name == "connected"
        assert first.data == {
            "user_id": alice.pk, "connection_id": first.data["connection_id"], "unread_count": 0,
        }  # fmt: skip
    assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert "no-store" in stream.headers["cache-control"]
    assert stream.headers["x-accel-buffering"] == "no"
    assert "content-encoding" not in stream.headers


def test_news_come_as_the_api_shows_them_then_the_count(
    listener: Listen, alice: User, bob: User, post: Post
) -> None:
    ana, ben = listener(alice), listener(bob)
    with ana.listen() as one_tab, ana.listen() as another:
        for stream in (one_tab, another):
            next(stream.events())
        ben.like(post.pk)
        event = one_tab.next("notification")
        assert event.data == ana.ask("GET", "/api/notifications?limit=1")["notifications"][0]
        assert event.data["type"] == "LIKE"
        assert another.next("notification") == event
        assert one_tab.next("unread").data == another.next("unread").data == {"unread_count": 1}

        ana.ask("PATCH", f"/api/notifications/{event.data['id']}/read")
        assert one_tab.next("unread").data == another.next("unread").data == {"unread_count": 0}


def test_what_is_taken_back_is_counted_down(listener: Listen, alice: User, bob: User, post: Post) -> None:
    ana, ben = listener(alice), listener(bob)
    with ana.listen() as stream:
        ben.like(post.pk)
        assert stream.next("unread").data == {"unread_count": 1}
        ben.ask("DELETE", f"/api/posts/{post.pk}/like")
        assert stream.next("unread").data == {"unread_count": 0}


def test_a_reconnect_gets_everything_since_once_and_in_order(
    listener: Listen, alice: User, bob: User
) -> None:
    ana, ben, mine = listener(alice), listener(bob), posts(alice, 6)
    with ana.listen() as stream:
        connected = next(stream.events())
        ben.like(mine[0])
        [first] = likes_in(stream, 1)
    for post_id in mine[1:]:
        ben.like(post_id)
    wait_for(lambda: Notification.objects.filter(kind="LIKE").count() == 6)

    with ana.listen(first.id) as stream:
        replayed = likes_in(stream, 5)
    with ana.listen(replayed[2].id) as stream:
        rest = likes_in(stream, 2)
    with ana.listen(connected.id, path=f"/api/notifications/stream?last_event_id={connected.id}") as stream:
        everything = likes_in(stream, 6)

    assert [event.data["target_id"] for event in replayed] == mine[1:]
    assert [event.data for event in rest] == [event.data for event in replayed[3:]]
    assert [event.data for event in everything] == [event.data for event in [first, *replayed]]
    assert len({event.id for event in everything}) == 6


def bad_ids(person: User, other: User) -> dict[str, str]:
    ids = EventIds(lineage())
    some = Cursor(Snapshot(1))
    return {
        "garbage": "; DROP TABLE",
        "a number": "41",
        "10 KiB": "a" * 10_240,
        "of another person": ids.write(other.pk, some),
        "of another database": EventIds("another").write(person.pk, some),
        "of the future": ids.write(person.pk, Cursor(Snapshot(2**60))),
        "mangled": ids.write(person.pk, some)[:-1] + "g",
    }


def test_an_id_that_is_no_good_gives_one_reset(listener: Listen, alice: User, bob: User) -> None:
    ana, ben = listener(alice), listener(bob)
    mine = posts(alice, 9)
    for name, last_id in bad_ids(alice, bob).items():
        with ana.listen(last_id) as stream:
            assert next(stream.events()).name == "connected", name
            assert stream.next("reset").data == {}, name
            ben.like(mine.pop())
            following = next(event for event in stream.events() if event.name != "unread")
            assert following.name == "notification", name


def test_more_than_a_thousand_are_not_replayed_and_fewer_come_in_portions(
    listener: Listen, alice: User, bob: User, post: Post
) -> None:
    ana = listener(alice)
    with ana.listen() as stream:
        last = next(stream.events()).id
    several(alice, bob, post, 900)
    with ana.listen(last) as stream:
        numbers = [event.data["id"] for event in likes_in(stream, 900)]
    assert numbers == sorted(set(numbers))

    several(alice, bob, post, 101, first=900)
    with ana.listen(last) as stream:
        names = [event.name for event in islice(stream.events(), 2)]
    assert names == ["connected", "reset"]


def several(recipient: User, actor: User, post: Post, count: int, *, first: int = 0) -> None:
    with transaction.atomic():
        revision = take_revision()
        Notification.objects.bulk_create(
            Notification(
                recipient=recipient, event_id=number, kind="LIKE", group_key=f"LIKE:{number}", actor=actor,
                actor_ids=[actor.pk], target_type="post", target_id=post.pk, object_id=number,
                revision=revision,
            )
            for number in range(first, first + count)
        )  # fmt: skip


def test_who_left_the_private_group_hears_nothing_of_it(
    listener: Listen, alice: User, bob: User, group: Group
) -> None:
    """The row was committed while bob belonged, and is read when he does not."""
    ben = listener(bob)
    with ben.listen() as stream:
        last = next(stream.events()).id
    post = actions.create_post(alice, "Between us", group=group)
    public = actions.create_post(bob, "For all")
    wait_for(lambda: Notification.objects.filter(kind="GROUP_POST", recipient=bob).exists())
    group.memberships.filter(user=bob)._raw_delete("default")  # as if no one had noticed
    assert Notification.objects.filter(target_id=post.pk, recipient=bob).exists()
    listener(alice).like(public.pk)

    with ben.listen(last) as stream:
        assert stream.next("notification").data["type"] == "LIKE"


def test_each_hears_only_their_own_and_everybody_hears(
    listener: Listen, alice: User, make_user: MakeUser
) -> None:
    """A post in a group of twenty: one row each, told to each."""
    group = actions.create_group(alice, "Everybody")
    people = [make_user(f"m{number}") for number in range(20)]
    for person in people:
        actions.join_group(person, group)
    listeners = [listener(person) for person in people]
    streams = [each.listen() for each in listeners]
    for stream in streams:
        next(stream.events())
    listener(alice).ask("POST", "/api/posts", {"content": "Hello all", "group": group.slug})
    heard = {stream.next("notification").data["id"]: number for number, stream in enumerate(streams)}
    for stream in streams:
        stream.close()

    own = Notification.objects.filter(kind="GROUP_POST").values_list("pk", "recipient_id")
    assert {people[number].pk: pk for pk, number in heard.items()} == {pk: row for row, pk in own}
