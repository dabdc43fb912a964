"""What the revisions of notifications are counted by."""

from django.db import models


class RevisionClock(models.Model):
    """One row, see `realtime/revisions.py`. PostgreSQL has numbers of its own for transactions: there it
    only says where their count began in this database, which may have come from another server."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    lineage = models.CharField(max_length=32)  # of this database and of no other
    cluster = models.CharField(max_length=64, blank=True)  # the server whose transactions are counted
    base = models.BigIntegerField(default=0)  # PostgreSQL: what is added to their numbers
    latest = models.BigIntegerField(default=0)  # SQLite: the last that was given

    def __str__(self) -> str:
        return self.lineage
