"""Every write on webhooks that a person makes."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.actions.input import one_at_a_time
from community.models import Group
from notifications.channels.outbound import ForbiddenError, Place
from notifications.models import Event
from notifications.service import NotificationService
from notifications.transactions import acting

from . import calling
from .models import URL_LENGTH, WANTABLE, Call, EventType, Webhook, new_secret
from .permissions import may_keep
from .stopping import drop_waiting

MOST = 10  # of one group
TEST_AGAIN_AFTER = timedelta(seconds=10)
State = Webhook.State


def add(user: User, group: Group, *, url: str, events: list[str]) -> Webhook:
    """The same again within seconds is the same webhook. Raises ValidationError by field."""
    _check(user, group)
    url, events = _clean(url, events)
    with acting():
        one_at_a_time(user)
        there = Webhook.objects.filter(group=group)
        twin = there.filter(keeper=user, url=url, created_at__gt=timezone.now() - TEST_AGAIN_AFTER).first()
        if twin is not None:
            return twin
        if there.count() >= MOST:
            raise ValidationError(_("A group has ten webhooks at most."))
        return Webhook.objects.create(group=group, keeper=user, url=url, events=events)


def pause(user: User, webhook: Webhook) -> None:
    """What happens meanwhile is not made up for."""
    _check(user, webhook.group)
    with acting():
        Webhook.objects.filter(pk=webhook.pk, state=State.ON).update(state=State.PAUSED)
        drop_waiting(webhook)


def resume(user: User, webhook: Webhook) -> None:
    """From now on, and by the right of whoever does it."""
    _check(user, webhook.group)
    with acting():
        NotificationService.retract(Event.objects.about("webhook", webhook.pk))
        Webhook.objects.filter(pk=webhook.pk).exclude(state=State.ON).update(
            state=State.ON,
            reason="",
            stopped_at=None,
            keeper=user,
            failures=0,
            failing_since=None,
            wait_until=None,
        )


def rotate(user: User, webhook: Webhook) -> None:
    """The old secret signs as well for a day, so that the other side has time to learn the new one."""
    _check(user, webhook.group)
    with acting():
        row = Webhook.objects.select_for_update().get(pk=webhook.pk)
        Webhook.objects.filter(pk=row.pk).update(
            secret=new_secret(), old_secret=row.secret, rotated_at=timezone.now()
        )


def remove(user: User, webhook: Webhook) -> None:
    _check(user, webhook.group)
    with acting():
        webhook.delete()


def test(user: User, webhook: Webhook) -> bool:
    """Also where it is at rest after a failure; False where one was sent a moment ago."""
    _check(user, webhook.group)
    if webhook.state != State.ON:
        raise ValidationError(_("It is switched off."))
    with acting():
        one_at_a_time(user)
        lately = Call.objects.filter(webhook=webhook, event=EventType.TEST)
        if lately.filter(happened_at__gt=timezone.now() - TEST_AGAIN_AFTER).exists():
            return False
        Webhook.objects.filter(pk=webhook.pk).update(wait_until=None)
        calling.write([webhook], EventType.TEST, webhook.pk)
    return True


def _check(user: User, group: Group) -> None:
    if not may_keep(user, group):
        raise PermissionDenied


def _clean(url: str, events: list[str]) -> tuple[str, list[str]]:
    url = url.strip()
    try:
        place = Place.of(url)
    except ForbiddenError:
        place = None
    if place is None or len(url) > URL_LENGTH or not (place.is_usual or settings.OUTBOUND_MAY_REACH):
        raise ValidationError(
            {"url": _("This is no address that webhooks are sent to: it begins with https://.")}
        )
    wanted = [event.value for event in WANTABLE if event in events]
    if not wanted:
        raise ValidationError({"events": _("Choose what it should hear of.")})
    return url, wanted
