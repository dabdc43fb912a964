"""What there is of a person, step by step: each deletes a batch or gives it away, and says how much it was.

In this order: what is in groups before the groups are left, and what others were told after it is undone.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet

from accounts.models import User
from announcements.models import Announcement
from community.actions.comments import remove_comment
from community.actions.groups import give_role, remove_group
from community.models import Bookmark, Comment, Group, GroupMembership, Post, PostReaction
from moderation.models import Case, Flag
from newsletters.models import Edition, Subscriber
from notifications.models import Bounce, Delivery, Event, IncomingMail, Notification, Suppression
from webhooks.models import Webhook

from .former import former_member
from .heirs import heirs
from .holdings import addresses_of
from .models import Departure

BATCH = 200
POSTS = 20
Step = Callable[[Departure], int]


def groups(departure: Departure) -> int:
    """One at a time: it gets another owner, or ends with all that is in it."""
    owned = GroupMembership.objects.filter(user=departure.user, role=GroupMembership.Role.OWNER)
    mine = owned.select_related("group").order_by("pk").first()
    if mine is None:
        return 0
    heir = heirs(mine.group).select_related("group", "user").first()
    if heir is not None:
        give_role(heir, GroupMembership.Role.OWNER, by=None)
    elif not _delete_posts(Post.objects.filter(group=mine.group)):
        _blank_log(Group, [mine.group_id])
        remove_group(mine.group)
    return 1


def posts(departure: Departure) -> int:
    mine = Post.objects.filter(author=departure.user)
    return _give_away(mine) if departure.keeps_content else _delete_posts(mine)


def comments(departure: Departure) -> int:
    """Newest first: an answer goes before what it answers. Where others answered, its place stays."""
    mine = Comment.objects.filter(author=departure.user)
    if departure.keeps_content:
        return _give_away(mine)
    found = list(mine.present().select_related("author", "parent").order_by("-pk")[:BATCH])
    _blank_log(Comment, [comment.pk for comment in found])
    for comment in found:
        remove_comment(comment)
    return len(found) or _give_away(mine)


def drafts(departure: Departure) -> int:
    """Nobody was told of them."""
    return sum(
        _delete(model._default_manager.filter(author=departure.user, confirmed_at=None))
        for model in (Announcement, Edition)
    )


def publications(departure: Departure) -> int:
    """What they said on behalf of the site stays what the site said."""
    return sum(
        _give_away(model._default_manager.filter(author=departure.user)) for model in (Announcement, Edition)
    )


def flags(departure: Departure) -> int:
    """That something was flagged stays, for it concerns others; by whom, and in what words, does not."""
    ids = _some(Flag.objects.filter(flagger=departure.user))
    return Flag.objects.filter(pk__in=ids).update(flagger=None, words="")


def acts(departure: Departure) -> int:
    """What others were told of them names them no more."""
    return _give_away(Event.objects.filter(actor=departure.user).exclude(recipient=departure.user), "actor")


def told(departure: Departure) -> int:
    rows = Notification.objects.filter(actor=departure.user).exclude(recipient=departure.user)
    found, nobody = list(rows.order_by("pk")[:BATCH]), former_member()
    for row in found:
        row.actor_ids = [nobody.pk if pk == departure.user_id else pk for pk in row.actor_ids]
        row.actor_id = nobody.pk
    Notification.objects.bulk_update(found, ["actor", "actor_ids"])
    return len(found)


def by_address(departure: Departure) -> int:
    addresses = addresses_of(departure.user)
    rows: tuple[QuerySet[Any], ...] = (
        Bounce.objects.filter(address__in=addresses),
        Suppression.objects.filter(address__in=addresses),
        Subscriber.objects.filter(address__in=addresses),
        Delivery.objects.filter(address__in=addresses),
        IncomingMail.objects.filter(sender__in=addresses),
    )
    return sum(_delete(each) for each in rows)


def administration(departure: Departure) -> int:
    """Django's own log of it. The audit log has its own way to forget."""
    about = LogEntry.objects.filter(object_id=str(departure.user_id)).exclude(object_repr="")
    about = about.filter(content_type=ContentType.objects.get_for_model(User))
    return _delete(LogEntry.objects.filter(user=departure.user)) + about.update(
        object_repr="", change_message=""
    )


def names(departure: Departure) -> int:
    """Of the row that goes last: the index of names is emptied before that."""
    gone = f"gone-{departure.user_id}"
    theirs = User.objects.filter(pk=departure.user_id).exclude(username=gone)
    fields = {"username": gone, "name": gone, "email": f"{gone}@invalid", "bio": "", "phone": None}
    return theirs.update(**fields, password=make_password(None))


def _of(model: type[Model], field: str) -> Step:
    return lambda departure: _delete(model._default_manager.filter(**{field: departure.user_id}))


STEPS: tuple[Step, ...] = (
    groups,
    _of(Webhook, "keeper"),
    _of(PostReaction, "user"),
    _of(Bookmark, "user"),
    posts,
    comments,
    drafts,
    publications,
    _of(GroupMembership, "user"),
    flags,
    _of(Case, "person"),
    acts,
    told,
    _of(Delivery, "recipient"),
    _of(Notification, "recipient"),
    _of(Event, "recipient"),
    _of(IncomingMail, "recipient"),
    by_address,
    administration,
    _of(EmailAddress, "user"),
    names,
)


def _some(rows: QuerySet[Any], limit: int = BATCH) -> list[Any]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def _delete(rows: QuerySet[Any]) -> int:
    ids = _some(rows)
    rows.model._default_manager.filter(pk__in=ids).delete()
    return len(ids)


def _give_away(rows: QuerySet[Any], field: str = "author") -> int:
    ids = _some(rows)
    if ids:
        rows.model._default_manager.filter(pk__in=ids).update(**{field: former_member()})
    return len(ids)


def _delete_posts(rows: QuerySet[Post]) -> int:
    """With what others said to them, an answer before what it answers: no batch takes more than it says."""
    ids = _some(rows, POSTS)
    below = Comment.objects.filter(post__in=ids).order_by("-pk").values_list("pk", flat=True)
    if said := list(below[:BATCH]):
        _blank_log(Comment, said)
        Comment.objects.filter(pk__in=said).delete()
        return len(said)
    _blank_log(Post, ids)
    Post.objects.filter(pk__in=ids).delete()
    return len(ids)


def _blank_log(model: type[Model], ids: list[int]) -> None:
    """Django's log of the administration keeps the beginning of what is deleted."""
    of_model = Q(content_type=ContentType.objects.get_for_model(model))
    entries = LogEntry.objects.filter(of_model, object_id__in=[str(pk) for pk in ids])
    entries.update(object_repr="", change_message="")
