"""That a webhook was stopped: for whoever kept it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.kinds import Content, Fact, Kind, Words
from notifications.models import Event, Notification
from notifications.sql import among

from .models import Webhook


class WebhookStopped(Kind):
    type = "WEBHOOK_STOPPED"
    label = gettext_lazy("A webhook that you keep was stopped")
    sentence = gettext_lazy("The webhook to %(thing)s was stopped")
    discreet = gettext_lazy("A webhook of a private group was stopped")
    reason = gettext_lazy("Because you keep it")
    icon = "link"
    button = gettext_lazy("Look at it")
    notifies_actor = True
    own_words = True
    read_on_visit = False

    def target(self, obj: Webhook) -> tuple[str, int]:
        return "webhook", obj.pk

    def actor_id(self, obj: Webhook) -> int:
        return obj.keeper_id or 0

    def recipients(self, obj: Webhook) -> Iterable[int]:
        return [obj.keeper_id] if obj.keeper_id else []

    def key(self, obj: Webhook, recipient_id: int | None) -> str:
        moment = obj.stopped_at.isoformat() if obj.stopped_at else ""
        return f"{self.type}:{obj.pk}:{moment}"

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        """Whoever may not keep it any more is told nevertheless that it ended: it was theirs."""
        stopped = Webhook.objects.filter(state=Webhook.State.STOPPED)
        there = set(
            stopped.filter(pk__in=among({fact.target_id for fact in facts})).values_list("pk", flat=True)
        )
        return {fact.id: Event.Outcome.GONE for fact in facts if fact.target_id not in there}

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        webhooks = Webhook.objects.filter(keeper=user).in_bulk({row.target_id for row in notifications})
        return {
            row.pk: _content(webhook) for row in notifications if (webhook := webhooks.get(row.target_id))
        }

    def example(self, reader: Any) -> Content:
        return _said("hooks.example", "/", _("Nothing was taken for days."))


def _content(webhook: Webhook) -> Content:
    """Without a word of the group, which its keeper may have left."""
    why = Webhook.Reason(webhook.reason).label if webhook.reason else ""
    return _said(webhook.host, webhook.get_absolute_url(), str(why))


def _said(host: str, url: str, why: str) -> Content:
    return Content(thing=host, url=url, said=why, words=Words(why, format_html("<p>{}</p>", why)))


STOPPED = WebhookStopped()
