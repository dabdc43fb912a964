"""The threads at work, so that the death of one is noticed."""

from django.db import models
from django.utils import timezone


class Worker(models.Model):
    """One process that dispatches: alive while it beats.

    `holding` lists the events it is expanding, committed before it begins. A row that outlives its
    process therefore names the suspects: whichever of them is there at three deaths is dead-lettered.
    """

    name = models.CharField(max_length=80, primary_key=True)
    host = models.CharField(max_length=64)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(default=timezone.now)
    holding = models.JSONField(default=list)
    lanes = models.JSONField(null=True)  # that it works on; null: all
    is_reserve = models.BooleanField(default=False, db_default=False)  # leaves when another comes

    class Meta:
        indexes = [models.Index(fields=["beat_at"], name="ntf_worker_beat")]

    def __str__(self) -> str:
        return self.name
