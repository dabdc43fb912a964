"""How much came to its end in each minute, quarter of an hour and hour, and since the beginning.

Counted from the rows themselves by a job (`upkeep/tallying.py`), so that the page of how it is going reads
some hundreds of rows however many there are, and what Prometheus reads only ever grows.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

SINCE_THE_BEGINNING = 0
GRAINS = (1, 15, 60)  # minutes


class Tally(models.Model):
    """One line of the count. `count` adds up; of a queue it is the most that waited."""

    class Of(models.TextChoices):
        EVENT = "event", _("facts")
        DELIVERY = "delivery", _("messages")
        ATTEMPT = "attempt", _("attempts")
        QUEUE = "queue", _("what waits")

    of = models.CharField(max_length=8, choices=Of.choices)
    lane = models.CharField(max_length=8)  # a channel, or the inbox
    what = models.CharField(
        max_length=24, blank=True
    )  # the kind of a fact; how the far end of an attempt spoke
    state = models.CharField(max_length=9)  # in which they ended
    minutes = models.PositiveSmallIntegerField()  # one of GRAINS, or SINCE_THE_BEGINNING
    start = models.DateTimeField()
    count = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)  # all that they took; of a queue, how late the latest was at most
    spread = models.JSONField(default=list)  # how many took no longer than each of `tallying.BOUNDS`

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("operating")  # its list is the page of how the engine is
        constraints = [
            models.UniqueConstraint(
                fields=["minutes", "start", "of", "lane", "what", "state"], name="ntf_tally_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lane} {self.state}: {self.count} from {self.start:%Y-%m-%d %H:%M}"


class TallyClock(models.Model):
    """One row: up to when everything is counted. It moves with what was counted: nothing counts twice."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.until:%Y-%m-%d %H:%M}"
