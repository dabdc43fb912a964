"""Somebody of the demo community flagged something, and nobody has looked at it yet."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from community.demo.load import ADMIN
from community.models import Post

from . import actions
from .reasons import Reason
from .subjects import subject_of

FLAGGED_AGO = timedelta(hours=5)


def flag_something(people: dict[str, User], now: datetime, **kwargs: Any) -> None:
    """A post for everybody: the staff's to review."""
    there = Post.objects.filter(group=None).exclude(author__username__in=(ADMIN, "ana", "chloe"))
    post = there.select_related("author").order_by("created_at", "pk").first()
    if post is None:
        return
    subject = subject_of(post)
    words = "It sounds as if one of us had stolen it. That is not how we talk to each other here."
    actions.flag(people["chloe"], subject, Reason.RUDE, words, at=now - FLAGGED_AGO)
    actions.flag(people["ana"], subject, Reason.OFF_TOPIC, at=now - FLAGGED_AGO + timedelta(hours=2))
