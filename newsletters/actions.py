"""Every write on editions. Each is a draft until `send`; on its way it is paused or stopped, not changed."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.actions.input import DOUBLE_CLICK, clean_text, one_at_a_time
from community.models import Group
from community.text import render_markdown
from notifications.models import Event
from notifications.service import NotificationService
from notifications.transactions import acting

from .kinds import PUBLISHED, TRIED, Trial
from .models import CONTENT_LENGTH, TITLE_LENGTH, Edition, Segment
from .permissions import may_publish

FARTHEST = timedelta(days=5 * 366)  # from now: what is later is a slip of the keyboard


def write(user: User, *, at: datetime | None = None, **fields: Any) -> Edition:
    """A draft. The same words again within seconds are the same draft."""
    _check(user)
    now = at or timezone.now()
    draft = Edition(author=user, segment=Segment.EVERYBODY, created_at=now, edited_at=now)
    _fill(user, draft, fields)
    with acting():
        one_at_a_time(user)
        twin = Edition.objects.filter(
            author=user,
            title=draft.title,
            content=draft.content,
            segment=draft.segment,
            group=draft.group,
            confirmed_at=None,
            created_at__range=(now - DOUBLE_CLICK, now + DOUBLE_CLICK),
        ).first()
        if twin is not None:
            return twin
        draft.save()
    return draft


def edit(user: User, edition: Edition, **fields: Any) -> Edition:
    """Change what is given. One that is scheduled is a draft again: what is sent was looked at as it is."""
    _check(user)
    with acting():
        row = _locked(edition)
        _back_to_draft(row)
        _fill(user, row, fields)
        row.edited_at = timezone.now()
        row.save()
    return row


def send(
    user: User, edition: Edition, *, seen: datetime | None = None, at: datetime | None = None
) -> Edition:
    """Send it, now or at its time; however often this is called, once.

    `seen`: `edited_at` of what was looked at. Raises ValidationError where it has been changed since.
    """
    _check(user)
    with acting():
        row = _locked(edition)
        if row.confirmed_at is not None:
            return row
        if seen is not None and seen != row.edited_at:
            raise ValidationError(_("Somebody changed it meanwhile. Look at it once more."))
        now = at or timezone.now()
        row.confirmed_at, row.starts_at = now, max(now, row.scheduled_at or now)
        row.save(update_fields=["confirmed_at", "starts_at"])
        NotificationService.emit(PUBLISHED, row, at=now)
    return row


def try_out(user: User, edition: Edition) -> None:
    """Send it to oneself alone; each version of it once."""
    _check(user)
    with acting():
        NotificationService.emit(TRIED, Trial(edition, user))


def pause(user: User, edition: Edition) -> None:
    """Nothing more leaves until it is resumed."""
    _check(user)
    with acting():
        row = _locked(edition)
        if row.stopped_at is None:
            NotificationService.pause(events_of(row))


def resume(user: User, edition: Edition) -> None:
    """It goes on where it stood."""
    _check(user)
    with acting():
        NotificationService.resume(events_of(_locked(edition)))


def stop(user: User, edition: Edition) -> Edition:
    """Nobody more gets it; before its time it is a draft again."""
    _check(user)
    with acting():
        row = _locked(edition)
        if row.confirmed_at is None or row.stopped_at is not None:
            return row
        if _call_off(row):
            row.save(update_fields=["confirmed_at", "starts_at"])
            return row
        row.stopped_at, row.stopped_by = timezone.now(), user
        row.save(update_fields=["stopped_at", "stopped_by"])
        NotificationService.resume(events_of(row))
        NotificationService.stop(events_of(row))
    return row


def delete_draft(user: User, edition: Edition) -> None:
    """Also one that is scheduled. What was sent stays where its readers find it."""
    _check(user)
    with acting():
        row = _locked(edition)
        _back_to_draft(row)
        row.delete()


def events_of(edition: Edition) -> QuerySet[Event]:
    return Event.objects.filter(key=PUBLISHED.key(edition, None))


def _check(user: User) -> None:
    if not may_publish(user):
        raise PermissionDenied


def _locked(edition: Edition) -> Edition:
    """As it is now; others who write it wait. Raises Http404 where it was deleted."""
    rows = Edition.objects.all()
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    return get_object_or_404(rows, pk=edition.pk)


def _back_to_draft(row: Edition) -> None:
    if row.confirmed_at is not None and not (row.stopped_at is None and _call_off(row)):
        raise ValidationError(_("It is on its way already: it can be stopped, and not be changed."))


def _call_off(row: Edition) -> bool:
    """Its event was never there, where no copy was written yet."""
    if not NotificationService.call_off(events_of(row)):
        return False
    row.confirmed_at = row.starts_at = None
    return True


def _fill(user: User, row: Edition, fields: dict[str, Any]) -> None:
    """Set what is given, checked."""
    if "title" in fields:
        row.title = " ".join(clean_text("title", fields["title"], max_length=TITLE_LENGTH).split())
    if "content" in fields:
        row.content = clean_text("content", fields["content"], max_length=CONTENT_LENGTH)
        row.content_html = render_markdown(row.content)
    row.segment = fields.get("segment", row.segment)
    group = fields.get("group", row.group)
    row.group = _clean_group(user, group) if row.segment == Segment.GROUP else None
    row.scheduled_at = fields.get("scheduled_at", row.scheduled_at)
    if row.scheduled_at is not None and abs(row.scheduled_at - timezone.now()) > FARTHEST:
        raise ValidationError({"scheduled_at": _("This is too far from today.")})


def _clean_group(user: User, group: Group | None) -> Group:
    if group is None or not Group.objects.visible_to(user).filter(pk=group.pk).exists():
        raise ValidationError({"group": _("Choose the group whose members it is for.")})
    return group
