"""Every write on a publication: a draft until it is sent; what was told is only stopped, never changed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.actions.input import DOUBLE_CLICK, clean_text, one_at_a_time
from community.models import Group
from community.text import render_markdown
from notifications.kinds import Kind
from notifications.models import Event
from notifications.service import NotificationService
from notifications.transactions import acting

from .models import TITLE_LENGTH, Publication

FARTHEST = timedelta(days=5 * 366)  # from now: what is later is a slip of the keyboard
T = TypeVar("T", bound=Publication)


@dataclass(frozen=True, kw_only=True)
class Desk(Generic[T]):
    """Where one sort of publication is written."""

    model: type[T]
    kind: Kind  # of the event that tells it
    audience: str  # the field that says for whom it is
    may_write: Callable[[User], bool]
    fill: Callable[[User, T, dict[str, Any]], None]  # sets what is given, checked
    check: Callable[[T, datetime], None]  # raises ValidationError where it makes no sense from then on
    too_late: Any  # a lazy text: what is said to whoever would change what has been told

    def write(self, user: User, *, at: datetime | None = None, **fields: Any) -> T:
        """A draft. The same words again within seconds are the same draft."""
        self.demand(user)
        now = at or timezone.now()
        draft = self.model(author=user, created_at=now, edited_at=now)
        self.fill(user, draft, fields)
        same = {name: getattr(draft, name) for name in ("title", "content", self.audience, "group")}
        with acting():
            one_at_a_time(user)
            twin = self._rows().filter(
                author=user,
                confirmed_at=None,
                created_at__range=(now - DOUBLE_CLICK, now + DOUBLE_CLICK),
                **same,
            )
            if (found := twin.first()) is not None:
                return found
            draft.save()
        return draft

    def edit(self, user: User, publication: T, **fields: Any) -> T:
        """Change what is given. What was scheduled is a draft again: what is sent was looked at as it is."""
        self.demand(user)
        with acting():
            row = self.locked(publication)
            self._back_to_draft(row)
            self.fill(user, row, fields)
            row.edited_at = timezone.now()
            row.save()
        return row

    def send(
        self, user: User, publication: T, *, seen: datetime | None = None, at: datetime | None = None
    ) -> T:
        """Tell it, now or at its time; however often this is called, once.

        `seen`: `edited_at` of what was looked at. Raises ValidationError where it has been changed since.
        """
        self.demand(user)
        with acting():
            row = self.locked(publication)
            if row.confirmed_at is not None:
                return row
            if seen is not None and seen != row.edited_at:
                raise ValidationError(_("Somebody changed it meanwhile. Look at it once more."))
            now = at or timezone.now()
            row.confirmed_at, row.starts_at = now, max(now, row.scheduled_at or now)
            self.check(row, row.starts_at)
            row.save(update_fields=["confirmed_at", "starts_at"])
            NotificationService.emit(self.kind, row, at=now)
        return row

    def stop(self, user: User, publication: T) -> T:
        """Tell nobody more; before its time it is a draft again."""
        self.demand(user)
        with acting():
            row = self.locked(publication)
            if row.confirmed_at is None or row.stopped_at is not None:
                return row
            if self._call_off(row):
                row.save(update_fields=["confirmed_at", "starts_at"])
                return row
            row.stopped_at, row.stopped_by = timezone.now(), user
            row.save(update_fields=["stopped_at", "stopped_by"])
            NotificationService.resume(self.events_of(row))  # one that is paused would never end
            NotificationService.stop(self.events_of(row))
        return row

    def delete_draft(self, user: User, publication: T) -> None:
        """Also one that is scheduled. What was told is stopped instead: its story stays."""
        self.demand(user)
        with acting():
            row = self.locked(publication)
            self._back_to_draft(row)
            row.delete()

    def events_of(self, publication: T) -> QuerySet[Event]:
        return Event.objects.filter(key=self.kind.key(publication, None))

    def demand(self, user: User) -> None:
        if not self.may_write(user):
            raise PermissionDenied

    def locked(self, publication: T) -> T:
        """As it is now; others who write it wait. Raises Http404 where it was deleted."""
        return get_object_or_404(self._rows().select_for_update(), pk=publication.pk)

    def _rows(self) -> QuerySet[T]:
        return self.model._default_manager.all()

    def _back_to_draft(self, row: T) -> None:
        if row.confirmed_at is not None and not (row.stopped_at is None and self._call_off(row)):
            raise ValidationError(self.too_late)

    def _call_off(self, row: T) -> bool:
        """Its event was never there, where nobody was told yet."""
        if not NotificationService.call_off(self.events_of(row)):
            return False
        row.confirmed_at = row.starts_at = None
        return True


def fill_words(row: Any, fields: dict[str, Any], *, content_length: int) -> None:
    if "title" in fields:
        row.title = " ".join(clean_text("title", fields["title"], max_length=TITLE_LENGTH).split())
    if "content" in fields:
        row.content = clean_text("content", fields["content"], max_length=content_length)
        row.content_html = render_markdown(row.content)


def fill_group(user: User, row: Publication, fields: dict[str, Any], *, is_for_a_group: bool) -> None:
    """None where it is not for one. Raises ValidationError for a group that this person cannot see."""
    row.group = fields.get("group", row.group) if is_for_a_group else None
    if is_for_a_group and (row.group is None or not _sees(user, row.group)):
        raise ValidationError({"group": _("Choose the group whose members it is for.")})


def _sees(user: User, group: Group) -> bool:
    return Group.objects.visible_to(user).filter(pk=group.pk).exists()


def check_moments(row: Publication, *fields: str) -> None:
    now = timezone.now()
    for field in fields:
        moment = getattr(row, field)
        if moment is not None and abs(moment - now) > FARTHEST:
            raise ValidationError({field: _("This is too far from today.")})
