"""Every write on announcements. Each is a draft until `send`; what is told is only stopped, never changed."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import connection
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.actions.input import DOUBLE_CLICK, clean_text, one_at_a_time
from community.models import Group
from community.text import render_markdown
from notifications.inbox.actions import mark_thing_read
from notifications.models import Event
from notifications.service import NotificationService
from notifications.transactions import acting

from .kind import ANNOUNCED
from .models import CONTENT_LENGTH, LINK_LENGTH, TITLE_LENGTH, Announcement, Audience
from .permissions import may_announce

FARTHEST = timedelta(days=5 * 366)  # from now: what is later is a slip of the keyboard
_is_address = URLValidator(schemes=["http", "https"])


def write(user: User, *, at: datetime | None = None, **fields: Any) -> Announcement:
    """A draft. The same words again within seconds are the same draft."""
    _check(user)
    draft = Announcement(author=user, created_at=at or timezone.now(), edited_at=at or timezone.now())
    _fill(user, draft, fields)
    with acting():
        one_at_a_time(user)
        now = draft.created_at
        twin = Announcement.objects.filter(
            author=user,
            title=draft.title,
            content=draft.content,
            audience=draft.audience,
            group=draft.group,
            confirmed_at=None,
            created_at__range=(now - DOUBLE_CLICK, now + DOUBLE_CLICK),
        ).first()
        if twin is not None:
            return twin
        draft.save()
    return draft


def edit(user: User, announcement: Announcement, **fields: Any) -> Announcement:
    """Change what is given. One that is scheduled is a draft again: what is sent was looked at as it is."""
    _check(user)
    with acting():
        row = _locked(announcement)
        _back_to_draft(row)
        _fill(user, row, fields)
        row.edited_at = timezone.now()
        row.save()
    return row


def send(
    user: User, announcement: Announcement, *, seen: datetime | None = None, at: datetime | None = None
) -> Announcement:
    """Tell it, now or at its time; however often this is called, once.

    `seen`: `edited_at` of what was looked at. Raises ValidationError where it has been changed since.
    """
    _check(user)
    with acting():
        row = _locked(announcement)
        if row.confirmed_at is not None:
            return row
        if seen is not None and seen != row.edited_at:
            raise ValidationError(_("Somebody changed it meanwhile. Look at it once more."))
        now = at or timezone.now()
        row.confirmed_at, row.starts_at = now, max(now, row.scheduled_at or now)
        if row.is_over(row.starts_at):
            raise ValidationError({"expires_at": _("It would be over before anybody reads it.")})
        row.save(update_fields=["confirmed_at", "starts_at"])
        NotificationService.emit(ANNOUNCED, row, at=now)
    return row


def stop(user: User, announcement: Announcement) -> Announcement:
    """Tell nobody more, and take it from those who have not read it; before its time it is a draft again."""
    _check(user)
    with acting():
        row = _locked(announcement)
        if row.confirmed_at is None or row.stopped_at is not None:
            return row
        if _call_off(row):
            row.save(update_fields=["confirmed_at", "starts_at"])
            return row
        row.stopped_at, row.stopped_by = timezone.now(), user
        row.save(update_fields=["stopped_at", "stopped_by"])
        NotificationService.stop(events_of(row))
    return row


def delete_draft(user: User, announcement: Announcement) -> None:
    """Also one that is scheduled. What was told is stopped instead: its story stays."""
    _check(user)
    with acting():
        row = _locked(announcement)
        _back_to_draft(row)
        row.delete()


def dismiss(user: User, announcement: Announcement) -> None:
    """Read, in every window; it stays in the inbox."""
    mark_thing_read(user, "announcement", announcement.pk)


def events_of(announcement: Announcement) -> Any:
    return Event.objects.filter(key=ANNOUNCED.key(announcement, None))


def _check(user: User) -> None:
    if not may_announce(user):
        raise PermissionDenied


def _locked(announcement: Announcement) -> Announcement:
    """As it is now; others who write it wait. Raises Http404 where it was deleted."""
    rows = Announcement.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    return get_object_or_404(rows, pk=announcement.pk)


def _back_to_draft(row: Announcement) -> None:
    if row.confirmed_at is not None and not (row.stopped_at is None and _call_off(row)):
        raise ValidationError(_("It has been told already: it can be stopped, and not be changed."))


def _call_off(row: Announcement) -> bool:
    """Its event was never there, where nobody was told yet."""
    if not NotificationService.call_off(events_of(row)):
        return False
    row.confirmed_at = row.starts_at = None
    return True


def _fill(user: User, row: Announcement, fields: dict[str, Any]) -> None:
    """Set what is given, checked."""
    if "title" in fields:
        row.title = " ".join(clean_text("title", fields["title"], max_length=TITLE_LENGTH).split())
    if "content" in fields:
        row.content = clean_text("content", fields["content"], max_length=CONTENT_LENGTH)
        row.content_html = render_markdown(row.content)
    if "link" in fields:
        row.link = _clean_link(fields["link"])
    row.audience = fields.get("audience", row.audience)
    row.by_mail = fields.get("by_mail", row.by_mail)
    group = fields.get("group", row.group)
    row.group = _clean_group(user, group) if row.audience == Audience.GROUP else None
    row.scheduled_at = fields.get("scheduled_at", row.scheduled_at)
    row.expires_at = fields.get("expires_at", row.expires_at)
    _check_times(row)


def _clean_group(user: User, group: Group | None) -> Group:
    if group is None or not Group.objects.visible_to(user).filter(pk=group.pk).exists():
        raise ValidationError({"group": _("Choose the group whose members it is for.")})
    return group


def _clean_link(link: str) -> str:
    """A page of this site, by its path, or one elsewhere."""
    link = clean_text("link", link, max_length=LINK_LENGTH, required=False)
    is_path = link.startswith("/") and not link.startswith(("//", "/\\")) and link.isprintable()
    if link and not is_path:
        try:
            _is_address(link)
        except ValidationError as error:
            raise ValidationError(
                {"link": _("This is no address: it begins with https://, or with / for a page of this site.")}
            ) from error
    return link


def _check_times(row: Announcement) -> None:
    now = timezone.now()
    for field in ("scheduled_at", "expires_at"):
        moment = getattr(row, field)
        if moment is not None and abs(moment - now) > FARTHEST:
            raise ValidationError({field: _("This is too far from today.")})
    begins = max(now, row.scheduled_at or now)
    if row.is_over(begins):
        raise ValidationError({"expires_at": _("It would be over before anybody reads it.")})
