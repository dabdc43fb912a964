"""What is to be done for a like, by peers that bring no inbox: preference, row, mail."""

from collections.abc import Iterable
from typing import Any

from django.core.mail import send_mail

from .models import Like, Note, Preference


def notify(like_id: int) -> None:
    _notify(like_id, again=False)


def notify_again(like_id: int) -> None:
    """For queues that may bring a task twice, and whose manuals ask that this does no harm."""
    _notify(like_id, again=True)


def _notify(like_id: int, *, again: bool) -> None:
    like = Like.objects.select_related("post__author", "person").get(pk=like_id)
    author = like.post.author
    preference = Preference.objects.filter(person=author.pk).first()
    if preference is None or preference.in_app:
        row: dict[str, Any] = {"recipient_id": author.pk, "actor_id": like.person_id, "post_id": like.post_id}
        if again:
            Note.objects.get_or_create(**row)
        else:
            Note.objects.create(**row)
    if preference is None or preference.by_mail:
        mail(str(like.person), like.post.title, author.email)


def mail(actor: str, title: str, address: str) -> None:
    text = f"{actor} liked {title}.\n\nSee it: http://localhost/posts/\n"
    send_mail(f"{actor} liked {title}", text, None, [address])


def told() -> list[tuple[int, float]]:
    """Of which posts there are rows in inboxes, and since when."""
    return [(post, at.timestamp()) for post, at in Note.objects.values_list("post_id", "created_at")]


def choose(people: Iterable[int]) -> None:
    """These have a row of their own, which says yes to all."""
    Preference.objects.bulk_create(Preference(person_id=pk) for pk in people)
