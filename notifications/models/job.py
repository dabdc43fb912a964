"""Recurring work: each time it was due, who did it, and what became of it."""

from datetime import timedelta

from django.db import models
from django.utils import timezone


class JobRun(models.Model):
    """One job at one due time. The row is the right to do it: whoever holds its lease does.

    A job that has begun and is not ended belongs to `worker` until `lease_until`; after that, anybody goes
    on. What it did so far (`counts`) and where it stands (`place`) change in the transactions that do it.
    """

    job = models.CharField(max_length=32)
    due_at = models.DateTimeField()  # by hand: when that was
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)  # times it was begun since it last got any further
    error = models.CharField(max_length=500, blank=True)  # of the last try; empty where that went well
    counts = models.JSONField(default=dict)  # what it did: a word → how many
    place = models.JSONField(default=list)  # where it stands, of a job that takes more than one turn

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "due_at"], name="ntf_job_once")]

    def __str__(self) -> str:
        return f"{self.job} of {self.due_at:%Y-%m-%d %H:%M:%S}"

    @property
    def took(self) -> timedelta | None:
        return self.ended_at - self.started_at if self.ended_at else None
