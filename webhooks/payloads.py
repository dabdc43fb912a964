"""What is said of each event, as it is then (docs/webhooks.md). Of a group that keeps its words: ids."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from community.models import Comment, Group, GroupMembership, Post

from .models import Call, EventType

CONTENT_MAX = 10_000  # characters; the rest is read on the site
Data = dict[str, Any]


def payload_of(call: Call) -> bytes | None:
    """None for what is gone, or not this group's any more."""
    data = _MAKERS[EventType(call.event)](call)
    if data is None:
        return None
    said = {"type": call.event, "timestamp": moment(call.happened_at), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _post(call: Call) -> Data | None:
    group = call.webhook.group
    post = Post.objects.public().filter(pk=call.object_id, group=group).select_related("author").first()
    if post is None:
        return None
    if group.keeps_words:
        return _group(group) | {"post": _bare(post.pk, f"/posts/{post.pk}/")}
    return _group(group) | {
        "post": _bare(post.pk, post.get_absolute_url())
        | {"title": post.title, **_content(post.content)}
        | {"author": _person(post.author), "created_at": moment(post.created_at)}
    }


def _comment(call: Call) -> Data | None:
    group = call.webhook.group
    found = Comment.objects.public().filter(pk=call.object_id, post__group=group, post__withheld="")
    comment = found.select_related("author", "post").first()
    if comment is None:
        return None
    post = comment.post
    said = _group(group) | {"post": _bare(post.pk, post.get_absolute_url())}
    bare = _bare(comment.pk, comment.get_absolute_url()) | {"parent": comment.parent_id}
    if group.keeps_words:
        return said | {"comment": bare}
    said["post"]["title"] = post.title
    whole = {"author": _person(comment.author), "created_at": moment(comment.created_at)}
    return said | {"comment": bare | _content(comment.content) | whole}


def _join(call: Call) -> Data | None:
    group = call.webhook.group
    members = GroupMembership.objects.active().filter(pk=call.object_id, group=group)
    membership = members.select_related("user").first()
    if membership is None:
        return None
    return _group(group) | ({} if group.keeps_words else {"member": _person(membership.user)})


def _test(call: Call) -> Data:
    return _group(call.webhook.group)


_MAKERS: dict[EventType, Callable[[Call], Data | None]] = {
    EventType.POST: _post,
    EventType.COMMENT: _comment,
    EventType.JOIN: _join,
    EventType.TEST: _test,
}


def _group(group: Group) -> Data:
    """The address of a group is made of its name."""
    named = {} if group.keeps_words else {"slug": group.slug, "name": group.name}
    return {"group": {"id": group.pk, "is_private": group.is_private, **named}}


def _bare(pk: int, path: str) -> Data:
    return {"id": pk, "url": settings.SITE_URL + path}


def _content(content: str) -> Data:
    return {"content": content[:CONTENT_MAX], "is_cut": len(content) > CONTENT_MAX}


def _person(user: User) -> Data:
    return {"username": user.username, "name": user.name}


def moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
