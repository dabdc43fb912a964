"""Posts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from notifications.transactions import acting

from ..images import Picture, Upload, keeping_files, read_pictures, store
from ..judging import judge
from ..models import Group, Post, PostImage, Withheld
from ..models.posts import ALT_LENGTH, CONTENT_LENGTH, TITLE_LENGTH
from ..permissions import may_delete_post, may_edit_post, may_post_in
from ..text import render_markdown
from .input import DOUBLE_CLICK, clean_text, one_at_a_time, still_there
from .withholding import withhold


def create_post(
    user: User,
    content: str,
    *,
    title: str = "",
    group: Group | None = None,
    images: Sequence[Upload] = (),
    at: datetime | None = None,
) -> Post:
    """Write a post. The same words in the same place again within seconds are the same post."""
    content = clean_text("content", content, max_length=CONTENT_LENGTH)
    title = " ".join(clean_text("title", title, max_length=TITLE_LENGTH, required=False).split())
    if group is not None and not may_post_in(user, group):
        raise PermissionDenied
    # Decoded and made anew before the transaction: it takes a while.
    pictures = read_pictures([replace(image, alt=_clean_alt(image.alt)) for image in images])
    html = render_markdown(content)
    now = at or timezone.now()
    with keeping_files() as files, acting():
        transaction.on_commit(files.clear)  # first: what fails after the commit does not cost the pictures
        one_at_a_time(user)
        twin = Post.objects.filter(
            author=user,
            group=group,
            title=title,
            content=content,
            created_at__range=(now - DOUBLE_CLICK, now + DOUBLE_CLICK),
        ).first()
        if twin is not None:
            return twin
        judgement = judge(user, "post", {"title": title, "content": content}, at=now)
        post = Post.objects.create(
            author=user, group=group, title=title, content=content, content_html=html, created_at=now,
            withheld=judgement.withheld,
        )  # fmt: skip
        _attach(post, pictures, files)
        judgement.tell(post)
        return post


def edit_post(user: User, post: Post, *, content: str | None = None, title: str | None = None) -> Post:
    """Change what is given. It stays in its group: others answered it there."""
    if not may_edit_post(user, post):
        raise PermissionDenied
    before = (post.title, post.content)
    if content is not None:
        post.content = clean_text("content", content, max_length=CONTENT_LENGTH)
    if title is not None:
        post.title = " ".join(clean_text("title", title, max_length=TITLE_LENGTH, required=False).split())
    if (post.title, post.content) != before:
        post.content_html = render_markdown(post.content)
        post.edited_at = timezone.now()
        fields = {"title": post.title, "content": post.content}
        with still_there(post), acting():
            one_at_a_time(user)
            judgement = judge(user, "post", fields, thing=post, at=post.edited_at)
            post.withheld = judgement.withheld or post.withheld
            post.save(update_fields=["title", "content", "content_html", "edited_at", "withheld"])
            if judgement.withheld:
                withhold(post, Withheld.HELD)
            judgement.tell(post)
    return post


def delete_post(user: User, post: Post) -> None:
    """With everything that hangs on it."""
    if not may_delete_post(user, post):
        raise PermissionDenied
    with acting():
        post.delete()


def _clean_alt(alt: str) -> str:
    return " ".join(clean_text("images", alt, max_length=ALT_LENGTH, required=False).split())


def _attach(post: Post, pictures: Sequence[Picture], files: list[str]) -> None:
    """Each file that is written is put in `files`."""
    for picture in pictures:
        files.append(name := store(picture))
        PostImage.objects.create(
            post=post, file=name, width=picture.width, height=picture.height, alt=picture.alt
        )
