"""Every write on subscribers: by a member, by the form and its confirmation, by links, by the staff."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User, language_in_use
from community.actions.input import clean_text
from notifications.service import NotificationService
from notifications.transactions import acting, dispatching

from .kinds import ASKED
from .links import CONFIRM_WITHIN
from .models import ADDRESS_LENGTH, Edition, Subscriber
from .permissions import may_publish
from .segments import has_proven_address, same_address

Source = Subscriber.Source


def clean_address(text: str) -> str:
    """As it is compared: in small letters. Raises ValidationError naming the field."""
    address = clean_text("email", text, max_length=ADDRESS_LENGTH).lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError({"email": _("This is no email address.")}) from error
    return address


def ask(email: str, *, now: datetime | None = None) -> None:
    """Somebody entered this address: whoever reads its mail is asked whether they want the newsletter.

    Does the same whether the address is known or not, so that not even its time tells.
    """
    address, now = clean_address(email), now or timezone.now()
    new = Subscriber(address=address, language=language_in_use(), source=Source.FORM, created_at=now)
    with acting():
        Subscriber.objects.bulk_create([new], ignore_conflicts=True)
        subscriber = Subscriber.objects.get(address=address)
        subscriber.asked_at = now
        if not subscriber.is_current:
            subscriber.language = language_in_use()
        subscriber.save(update_fields=["asked_at", "language"])
        NotificationService.emit(ASKED, subscriber)


def confirm(subscriber_id: int) -> bool:
    """By the link in the mail; False where the row is gone by now."""
    with acting():
        rows = Subscriber.objects.filter(pk=subscriber_id, user=None)
        waiting = rows.exclude(pk__in=Subscriber.objects.current())
        waiting.update(confirmed_at=timezone.now(), ended_at=None, ended_by=None)
        return rows.exists()


def choose(user: User, *, wanted: bool) -> None:
    """A member says so. Who ends it means every row that reaches their mailbox."""
    now = timezone.now()
    with acting():
        mine, _made = Subscriber.objects.get_or_create(
            user=user, defaults={"source": Source.MEMBER, "confirmed_at": now if wanted else None}
        )
        if not wanted:
            _end(same_address(mine) if has_proven_address(user) else Subscriber.objects.filter(pk=mine.pk))
        elif not mine.is_current:
            Subscriber.objects.filter(pk=mine.pk).update(confirmed_at=now, ended_at=None, ended_by=None)


def is_subscribed(user: User) -> bool:
    """By the account, or as the address that they showed to be theirs."""
    mine = Subscriber.objects.filter(user=user)
    if has_proven_address(user):
        mine = mine | Subscriber.objects.filter(address=user.email.lower())
    return mine.current().exists()


def end(subscriber_id: int, edition_id: int) -> None:
    """By the link in a mail. Idempotent; `edition_id` is remembered with the row the mail went to."""
    subscriber = Subscriber.objects.select_related("user").filter(pk=subscriber_id).first()
    if subscriber is None:
        return
    with acting():
        edition = Edition.objects.filter(pk=edition_id).first()
        Subscriber.objects.current().filter(pk=subscriber.pk).update(
            ended_at=timezone.now(), ended_by=edition
        )
        _end(same_address(subscriber))


def take_up_again(subscriber_id: int) -> None:
    """Whoever ended it by a link thinks better of it, on the same page."""
    with acting():
        ended = Subscriber.objects.filter(pk=subscriber_id, ended_at__isnull=False)
        ended.filter(confirmed_at__isnull=False).update(ended_at=None, ended_by=None)


def remove(user: User, subscriber: Subscriber) -> None:
    """By the staff, whom somebody told."""
    if not may_publish(user):
        raise PermissionDenied
    with acting():
        _end(same_address(subscriber))


def forget_unconfirmed(now: datetime | None = None) -> int:
    """Addresses that somebody entered and nobody confirmed while the link was good."""
    long_ago = (now or timezone.now()) - CONFIRM_WITHIN - timedelta(days=1)
    with dispatching():
        asked = Subscriber.objects.filter(user=None, confirmed_at=None, ended_at=None)
        return asked.filter(asked_at__lt=long_ago).delete()[0]


def _end(subscribers: QuerySet[Subscriber]) -> None:
    subscribers.filter(ended_at=None).update(ended_at=timezone.now())
