"""One call at a time: claimed, looked at once more, made, and written down.

The claim is committed before the network is touched. A process that dies in between leaves a row that is
due again when the claim ends; the other side knows it by its `webhook-id`. A webhook that fails is left
alone for a while, so that one that hangs makes nobody else wait.
"""

import logging
import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from notifications.channels.outbound import ForbiddenError, NoAnswerError, NotSentError, Reply, post
from notifications.outbox.lanes import OwnLane
from notifications.outgoing import holding
from notifications.transactions import dispatching

from . import signing
from .models import Call, Webhook
from .payloads import payload_of
from .permissions import may_keep
from .stopping import stop

logger = logging.getLogger(__name__)

SECONDS = 15.0
CLAIM = timedelta(seconds=60)
PAUSE_MAX_SECONDS = 1800  # of a webhook that fails, where the other side does not say how long
FAILS_AT_MOST = timedelta(days=3)  # then it is stopped
State, Reason = Call.State, Webhook.Reason


def send_next(worker: str = "") -> bool:
    """Bring one call to its end, or nearer to it; False when none is due."""
    now = timezone.now()
    call = Call.objects.due(now).select_related("webhook__group", "webhook__keeper").first()
    if call is None or holding.is_held():
        return False
    if _claim(call, now):
        try:
            _make(call, now)
        except Exception as error:
            logger.exception("call %s of a webhook could not be made", call.pk)
            _failed(call, None, f"{type(error).__name__}", now)
    return True


def _claim(call: Call, now: datetime) -> bool:
    """False where another lane has it, or where it brought down its worker again and again."""
    mine = Call.objects.filter(pk=call.pk, state=call.state, due_at=call.due_at)
    with dispatching():
        if call.tries > len(settings.NOTIFICATION_RETRY_SECONDS):
            mine.update(state=State.FAILED, ended_at=now)
            return False
        call.tries += 1
        return bool(mine.update(state=State.SENDING, due_at=now + CLAIM, tries=call.tries))


def _make(call: Call, now: datetime) -> None:
    webhook = call.webhook
    if webhook.state != Webhook.State.ON:
        _end(call, State.SKIPPED, now)
        return
    if not may_keep(webhook.keeper, webhook.group):
        stop(webhook, Reason.NO_RIGHT)
        return
    body = payload_of(call)
    if body is None:
        _end(call, State.SKIPPED, now)
        return
    headers = {"Content-Type": "application/json", **signing.headers_of(webhook, call.message_id, body, now)}
    try:
        reply = post(webhook.url, body=body, headers=headers, seconds=SECONDS)
    except (ForbiddenError, NotSentError, NoAnswerError) as error:
        _failed(call, None, f"{error}", now)
    else:
        _judge(call, reply, now)


def _judge(call: Call, reply: Reply, now: datetime) -> None:
    if 200 <= reply.status < 300:
        _end(call, State.TAKEN, now, status=reply.status)
        with dispatching():
            Webhook.objects.filter(pk=call.webhook_id).update(failures=0, failing_since=None, wait_until=None)
    elif reply.status == 410:
        _end(call, State.FAILED, now, status=reply.status, answer=reply.words)
        stop(call.webhook, Reason.GONE)
    else:
        _failed(call, reply.status, reply.words, now, asked_seconds=reply.wait_seconds(now))


def _failed(call: Call, status: int | None, words: str, now: datetime, *, asked_seconds: float = 0) -> None:
    """It is made again by the schedule; its webhook, and with it all that waits, rests for a while."""
    webhook, schedule = call.webhook, settings.NOTIFICATION_RETRY_SECONDS
    pause = min(schedule[min(webhook.failures, len(schedule) - 1)], PAUSE_MAX_SECONDS)
    rest = timedelta(seconds=max(pause, asked_seconds))
    failing_since = webhook.failing_since or now
    if call.tries > len(schedule):
        _end(call, State.FAILED, now, status=status, answer=words)
    else:
        wait = timedelta(seconds=schedule[call.tries - 1] * random.uniform(0.8, 1.2))  # nosec B311 # jitter
        with dispatching():
            _mine(call).update(
                state=State.PENDING, due_at=now + max(wait, rest), status=status, answer=_short(words)
            )
    with dispatching():
        Webhook.objects.filter(pk=webhook.pk).update(
            failures=webhook.failures + 1, failing_since=failing_since, wait_until=now + rest
        )
    if now - failing_since >= FAILS_AT_MOST:
        stop(webhook, Reason.FAILING)


def _end(
    call: Call, state: Call.State, now: datetime, *, status: int | None = None, answer: str = ""
) -> None:
    with dispatching():
        _mine(call).update(state=state, ended_at=now, status=status, answer=_short(answer))


def _mine(call: Call) -> QuerySet[Call]:
    return Call.objects.filter(pk=call.pk, state=State.SENDING, tries=call.tries)


def _short(words: str) -> str:
    return words[:200].replace("\x00", "")


LANE = OwnLane("webhooks", send_next)
