"""Where the provider that sends our mail says what became of it. Not there unless it is set up."""

import logging

from anymail.exceptions import AnymailConfigurationError, AnymailWebhookValidationFailure
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    HttpResponseNotAllowed,
)
from django.views.decorators.csrf import csrf_exempt

from ..incoming.provider import webhook_of

logger = logging.getLogger(__name__)


@csrf_exempt  # it has no cookie: it signs in by the secret
def provider_events(request: HttpRequest, provider: str) -> HttpResponse:
    """Events that fail here come again: the provider is told 500."""
    webhook = webhook_of(provider)
    if webhook is None:
        raise Http404
    if request.method == "HEAD":  # some look whether anybody is there
        return HttpResponse()
    if request.method != "POST":
        return HttpResponseNotAllowed(["HEAD", "POST"])
    try:
        webhook.run_validators(request)
        events = webhook.parse_events(request)
    except AnymailWebhookValidationFailure as refusal:
        logger.warning("%s", refusal)
        return HttpResponseForbidden()
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, AnymailConfigurationError):
        logger.exception("%s sent what is no event", provider)
        return HttpResponseBadRequest()
    for event in events:
        webhook.signal.send(sender=type(webhook), event=event, esp_name=webhook.esp_name)
    return HttpResponse()
