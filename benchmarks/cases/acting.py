"""The stage of a benchmark over HTTP, and a look at what the site has still to do."""

import time
from itertools import count
from typing import Any

from django.db import transaction
from knox.models import AuthToken

from accounts.models import User
from community.engagement import BOOKMARKED
from community.models import Bookmark, Post
from notifications.models import Delivery, Event
from notifications.service import NotificationService

from . import population

PATIENCE_SECONDS = 300
FOLLOWING = 5  # likes for each post: so the first of them mails, and the others fold
_next_post = count()
_posts: list[int] = []
_tokens: list[str] = []
_queued = count()


def prepare(people: int, posts: int) -> None:
    """People of whom the first act; the others write the posts, each with the mail switched on."""
    population.migrate()
    user_ids = population.people(people)
    half = len(user_ids) // 2
    _posts.extend(post.pk for post in population.posts(user_ids[half:], posts))
    _tokens.extend(AuthToken.objects.create(user=user)[1] for user in User.objects.order_by("pk")[:FOLLOWING])
    population.settle_everything()


def calls(number: int) -> list[tuple[str, str]]:
    """So many likes of posts that nobody has liked yet, as (path, token)."""
    return [
        (f"/api/posts/{post}/like", token)
        for post in (_posts[next(_next_post)] for _post in range(number // FOLLOWING))
        for token in _tokens
    ]


def wait_until_done() -> dict[str, Any]:
    """Until nothing waits to be told or sent, so that no run pays for the one before."""
    until = time.monotonic() + PATIENCE_SECONDS
    while Event.objects.filter(state=Event.State.PENDING).exists() or Delivery.objects.open().exists():
        if time.monotonic() > until:
            raise SystemExit("The site did not come to the end of its work.")
        time.sleep(0.05)
    return {"events": Event.objects.count(), "mails": Delivery.objects.count()}


def queue(number: int) -> int:
    """Write as many events of bookmarks at a stroke, which the site's dispatcher finds at its next poll."""
    actor = User.objects.order_by("pk").first()
    assert actor is not None
    others = User.objects.exclude(pk=actor.pk).order_by("pk").values_list("pk", flat=True)
    start = next(_queued) * number
    posts = Post.objects.filter(pk__gte=_posts[0]).order_by("pk")
    rows = [Bookmark(post=post, user_id=others[0]) for post in posts[start : start + number]]
    with transaction.atomic():
        Bookmark.objects.bulk_create(rows, batch_size=population.BATCH)
        for first in range(0, len(rows), 500):
            NotificationService.emit_all([(BOOKMARKED, row) for row in rows[first : first + 500]])
    return len(rows)


def wait_until_drained() -> dict[str, float]:
    """When the first and the last of the waiting events ended (monotonic clock)."""
    waiting = Event.objects.filter(state=Event.State.PENDING, kind=BOOKMARKED.type)
    begun, left = time.monotonic(), waiting.count()
    while waiting.count() == left:
        time.sleep(0.005)
        begun = time.monotonic()
    while waiting.exists():
        time.sleep(0.005)
    return {"begun": begun, "ended": time.monotonic()}
