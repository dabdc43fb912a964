"""The recurring jobs of the engine itself. Other apps register theirs in their `ready`."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ..inbox import waking
from ..incoming import mailbox
from ..outbox import reconciler
from ..outgoing import closing, recording
from . import pruning, schedule, tallying
from .schedule import Job, counted

JOBS = (
    Job(
        "leases",
        _("takes back mails whose sender died in the middle"),
        every=timedelta(seconds=15),
        work=counted("taken back", recording.take_back_expired),
    ),
    Job(
        "waking",
        _("brings back to the inbox what was put off until now"),
        every=timedelta(seconds=15),
        work=counted("woken", waking.wake_due),
    ),
    Job(
        "closing",
        _("takes away from devices what was read elsewhere"),
        every=timedelta(seconds=30),
        work=counted("devices told", closing.close_read),
    ),
    Job(
        "reconciler",
        _("writes the events of facts that have none"),
        every=timedelta(minutes=5),
        work=counted("healed", reconciler.heal),
    ),
    Job(
        tallying.JOB,
        _("counts what came to its end, for the page of operating and for Prometheus"),
        every=timedelta(minutes=1),
        work=tallying.take_a_turn,
    ),
    Job(
        pruning.JOB,
        _("removes what is not kept any more"),
        every=timedelta(days=1),
        offset=timedelta(hours=3),
        work=pruning.take_a_turn,
    ),
)

MAILBOX = Job(
    mailbox.JOB,
    _("collects the answers from the mailbox"),
    every=timedelta(minutes=1),
    work=mailbox.take_a_turn,
)


def register() -> None:
    for job in JOBS:
        schedule.register(job)
    if settings.IMAP_URL:
        schedule.register(MAILBOX)
