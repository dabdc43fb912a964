"""What recurs of the newsletter."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.models import JobRun
from notifications.upkeep.schedule import Job, Rest

from .standing import keep_tallies
from .subscribing import forget_unconfirmed


def tidy(run: JobRun, rest: Rest) -> bool:
    for word, count in (("kept", keep_tallies()), ("forgotten", forget_unconfirmed())):
        if count:
            run.counts[word] = count
    return False


TIDY = Job(
    "newsletter",
    _("keeps what became of editions, and forgets addresses that nobody confirmed"),
    every=timedelta(hours=1),
    work=tidy,
)
