"""The stage of the comparison, filled and asked, in whichever environment and settings a peer has.

It runs on the Django of each peer, so it knows the stage alone.
"""

from importlib import import_module
from importlib.metadata import version
from typing import Any
from unittest import mock

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils.module_loading import import_string

from benchmarks.peers.stage.models import Like, Post

PEOPLE = 200  # half of them write the posts, the others like them
BATCH = 1_000
THREADS_AT_ONCE = 32
TOGETHER = 100


def prepare(posts: int) -> None:
    """Posts are numbered, and their titles say the number: by it a mail and a row are known again."""
    call_command("migrate", run_syncdb=True, verbosity=0)
    people = get_user_model()
    names = {field.name for field in people._meta.get_fields()}
    people._default_manager.bulk_create(
        people(
            pk=number,
            username=f"person{number}",
            email=f"person{number}@example.com",
            password="!",
            **({"name": f"Person {number}"} if "name" in names else {}),
        )
        for number in range(1, PEOPLE + 1)
    )
    import_string(settings.STAGE_CHOOSE)(range(1, PEOPLE + 1, 2))
    Post.objects.bulk_create(
        (Post(pk=n, author_id=author_of(n), title=f"Post {n}") for n in range(1, posts + 1)),
        batch_size=BATCH,
    )


def author_of(post: int) -> int:
    return post % (PEOPLE // 2) + 1


def paths(first: int, number: int) -> list[str]:
    """So many likes of posts that nobody has liked yet, from the post of that number on."""
    return [f"/stage/like/{post}/{_fan_of(post)}" for post in range(first, first + number)]


def _fan_of(post: int) -> int:
    return PEOPLE // 2 + post % (PEOPLE // 2) + 1


def queue(first: int, number: int) -> None:
    """The same likes, with nobody at work on what follows."""
    atomic = import_string(settings.STAGE_ATOMIC)
    for start in range(first, first + number, TOGETHER):
        with atomic():
            for post in range(start, min(start + TOGETHER, first + number)):
                Like.objects.create(post_id=post, person_id=_fan_of(post))


def drain_by_threads(first: int, number: int) -> None:
    """Likes that were written in silence, each given to a thread."""
    with mock.patch.object(settings, "STAGE_TELL", "builtins.id"):
        queue(first, number)
    likes = list(Like.objects.filter(post__gte=first, post__lt=first + number).values_list("pk", flat=True))
    import_module("benchmarks.peers.thread.telling").drain(likes, THREADS_AT_ONCE)


def liked() -> list[int]:
    return list(Like.objects.values_list("post_id", flat=True))


def told() -> Any:
    """[post, seconds since 1970] of each row in an inbox."""
    return import_string(settings.STAGE_TOLD)()


def versions(names: list[str]) -> dict[str, str]:
    return {name: version(name) for name in names}
