"""What the provider that sends our mail says became of it: authenticated webhooks, read by django-anymail.

It stands for mail that goes to the provider by SMTP as for mail that goes by its API. Off unless the settings
name the provider and a secret; then its events count like the reports of mail servers.
"""

import logging
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from anymail.exceptions import AnymailConfigurationError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.conf import settings
from django.utils.module_loading import import_string

from ..bouncing import suppressing
from ..bouncing.causes import cause_of
from ..composing.headers import mail_named
from ..models import Bounce, Cause, Delivery

logger = logging.getLogger(__name__)

_VIEWS = "anymail.webhooks"
PROVIDERS = {
    "brevo": "BrevoTrackingWebhookView",
    "mailersend": "MailerSendTrackingWebhookView",
    "mailgun": "MailgunTrackingWebhookView",
    "mailjet": "MailjetTrackingWebhookView",
    "mailtrap": "MailtrapTrackingWebhookView",
    "postal": "PostalTrackingWebhookView",
    "postmark": "PostmarkTrackingWebhookView",
    "resend": "ResendTrackingWebhookView",
    "sparkpost": "SparkPostTrackingWebhookView",
}


class Meaning(NamedTuple):
    what: str  # as of reports
    cause: Cause


FAILED, UNWANTED = Meaning("failed", Cause.NO_MAILBOX), Meaning("complaint", Cause.COMPLAINT)
# It came back, or somebody complained, earlier: the provider sends nothing there any more. Mailgun's words.
_STOPPED = {"suppress-bounce": FAILED, "suppress-complaint": UNWANTED, "suppress-unsubscribe": UNWANTED}


def is_on(provider: str) -> bool:
    """Without a secret whoever finds the address could have anybody's mail stopped."""
    has_secret = bool(settings.ANYMAIL.get("WEBHOOK_SECRET"))
    return has_secret and provider == settings.MAIL_PROVIDER and provider in PROVIDERS


def webhook_of(provider: str) -> Any:
    """The library's view for this provider. None where it is off, or cannot work as it is set."""
    if not is_on(provider):
        return None
    try:
        return import_string(f"{_VIEWS}.{provider}.{PROVIDERS[provider]}")()
    except AnymailConfigurationError:
        logger.exception("the webhooks of %s cannot be taken", provider)
        return None


def connect() -> None:
    tracking.connect(heard, dispatch_uid="notifications.provider")


def heard(event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """One event. Of what else happens to a mail (delivered, opened) nothing is kept."""
    meaning = meaning_of(event)
    address = str(event.recipient or "").strip().lower()
    if meaning is None or "@" not in address:
        return
    delivery = _delivery_of(event, address)
    key = f"report.{delivery.pk}.{meaning.what}" if delivery else _key(event, esp_name, meaning.what, address)
    suppressing.note(
        address, meaning.cause, key=key, source=Bounce.Source.PROVIDER, words=_words(event),
        delivery_id=delivery.pk if delivery else None, sent_at=event.timestamp,
    )  # fmt: skip


def meaning_of(event: AnymailTrackingEvent) -> Meaning | None:
    why = event.reject_reason
    match event.event_type:
        case EventType.COMPLAINED | EventType.UNSUBSCRIBED:  # by the provider's own link, which ends all
            return UNWANTED
        case EventType.REJECTED if why in (RejectReason.SPAM, RejectReason.UNSUBSCRIBED):
            return UNWANTED
        case EventType.REJECTED if why in (RejectReason.BOUNCED, RejectReason.INVALID):
            return FAILED
        case EventType.REJECTED | EventType.FAILED:
            return Meaning("failed", Cause.POLICY)
        case EventType.BOUNCED:
            return _STOPPED.get(_mailguns_reason(event.esp_event)) or Meaning("failed", _cause(event))
        case EventType.DEFERRED:
            return Meaning("delayed", Cause.DELAYED)
    return None


def _cause(event: AnymailTrackingEvent) -> Cause:
    """By what the mail server said; where that says nothing, by what the provider makes of it."""
    cause = cause_of(_words(event))
    if cause != Cause.REFUSED:
        return cause
    if event.reject_reason == RejectReason.BLOCKED:
        return Cause.POLICY
    if event.reject_reason == RejectReason.TIMED_OUT:
        return Cause.UNREACHABLE
    is_for_good = event.reject_reason == RejectReason.INVALID or _is_called_hard(event.esp_event)
    return Cause.NO_MAILBOX if is_for_good else cause


def _is_called_hard(said: Any) -> bool:
    """“HardBounce”, “hard_bounce”, “activity.hard_bounced”: the library has no word of its own for it."""
    if not isinstance(said, dict):
        return False
    named = (str(said.get(name, "")).lower() for name in ("Type", "type", "event"))
    return said.get("hard_bounce") is True or any("hard" in name for name in named)


def _mailguns_reason(said: Any) -> str:
    data = said.get("event-data") if isinstance(said, dict) else None
    return str(data.get("reason", "")) if isinstance(data, dict) else ""


def _words(event: AnymailTrackingEvent) -> str:
    return " ".join(str(said) for said in (event.mta_response, event.description) if said)


def _delivery_of(event: AnymailTrackingEvent, address: str) -> Delivery | None:
    """By what the mail was given on its way, or by its Message-ID: who signs in here is believed."""
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    given = str(metadata.get("delivery", ""))
    found = (
        Delivery.objects.filter(pk=int(given))
        if given.isdecimal() and given.isascii() and len(given) < 19
        else mail_named(str(event.message_id or ""))
    )
    delivery = found.select_related("recipient").first()
    if delivery is None:
        return None
    its_own = delivery.address or (delivery.recipient.email.lower() if delivery.recipient else "")
    return delivery if its_own == address else None


def _key(event: AnymailTrackingEvent, provider: str, what: str, address: str) -> str:
    """The same for each copy of an event, and for what a provider says twice of one mail."""
    moment = event.timestamp.isoformat() if isinstance(event.timestamp, datetime) else ""
    which = event.message_id or f"{moment} {event.event_id or ''}"
    return f"provider.{sha256(f'{provider} {which} {what} {address}'.encode()).hexdigest()}"
