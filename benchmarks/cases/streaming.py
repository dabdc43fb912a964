"""People with sessions who listen, posts of theirs to be liked, and rows that they have missed."""

import os
from itertools import count
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from knox.models import AuthToken

from accounts.models import User
from community import actions
from community.models import GroupMembership, Post
from notifications.models import Notification
from notifications.realtime import tickets
from notifications.realtime.credentials import Credential, mark_of
from notifications.realtime.revisions import current_snapshot, take_revision

from . import population

ACTORS = 5
_likes, _news = count(), count()
_people: list[tuple[int, str]] = []  # id and session of those who listen
_tokens: list[str] = []
_group: list[str] = []


def prepare(people: int) -> list[tuple[int, str]]:
    """Each with a post and a session, all in one group; and a few more, who act."""
    population.migrate()
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name its files
    ids = population.people(people + ACTORS)
    actors, listeners = ids[:ACTORS], ids[ACTORS:]
    population.posts(listeners, people)
    _tokens.extend(AuthToken.objects.create(user=user)[1] for user in User.objects.filter(pk__in=actors))
    owner = User.objects.get(pk=actors[0])
    group = actions.create_group(owner, "Everybody")
    GroupMembership.objects.bulk_create(GroupMembership(group=group, user_id=pk) for pk in listeners)
    _group.append(group.slug)
    _people.extend(population.sessions(listeners))
    population.settle_everything()
    return _people


def made_tickets(number: int) -> list[str]:
    """For the people in turn."""
    marks = dict(User.objects.values_list("pk", "password"))
    snapshot = current_snapshot()
    return [
        tickets.issue(Credential(pk, session, "", mark_of(marks[pk])), unread_count=0, snapshot=snapshot)
        for pk, session in (_people[n % len(_people)] for n in range(number))
    ]


def miss(rows: int) -> int:
    """So many news for each, as the dispatcher writes them, of which nobody is told."""
    posts = dict(Post.objects.filter(group=None).values_list("author_id", "pk"))
    [actor] = AuthToken.objects.order_by("created")[:1].values_list("user_id", flat=True)
    for _row in range(rows):
        number = next(_news)
        with transaction.atomic():
            revision = take_revision()
            Notification.objects.bulk_create(
                (
                    Notification(
                        recipient_id=pk, event_id=-(number * 1_000_000 + n + 1), kind="LIKE", actor_id=actor,
                        group_key=f"LIKE:missed.{number}", actor_ids=[actor], target_type="post",
                        target_id=posts[pk], object_id=1, revision=revision,
                    )
                    for n, (pk, _session) in enumerate(_people)
                ),
                batch_size=population.BATCH,
            )  # fmt: skip
    return rows


def calls(number: int) -> list[tuple[str, str]]:
    """Likes of as many people's posts, as (path, token): each tells somebody else."""
    posts = list(Post.objects.filter(group=None).order_by("pk").values_list("pk", flat=True))
    turns = [next(_likes) for _call in range(number)]
    return [
        (f"/api/posts/{posts[turn % len(posts)]}/like", _tokens[turn // len(posts) % ACTORS])
        for turn in turns
    ]


def post_call() -> dict[str, Any]:
    return {"token": _tokens[0], "group": _group[0], "words": f"Hello all {next(_news)}"}


def connections(process: int) -> int:
    """To the database, of that process."""
    if connection.vendor == "postgresql":
        [(number,)] = population.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        )
        return int(str(number)) - 1  # this one
    files = (os.readlink(f"/proc/{process}/fd/{name}") for name in os.listdir(f"/proc/{process}/fd"))
    return sum(file == str(connection.settings_dict["NAME"]) for file in files)
