"""The log: rows that are added, sealed once, and never changed."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import actions
from .actions import NAME_LENGTH, Outcome
from .chain import Statement

NAME, LABEL, AGENT, ADDRESS = 150, 150, 300, 45  # characters that are kept


class Entry(models.Model):
    """What somebody did, or tried.

    What says who and where is personal and can be forgotten: `who_…` and `what_…` of each row are its salted
    digest, which stays, and is all that the chain is made of. So a forgotten row still proves its place.
    NULL in a personal column therefore means forgotten; empty means that there was nothing.

    No foreign keys: a row outlives what it names. Triggers (guards.py) refuse every other change.
    """

    at = models.DateTimeField(_("time"))
    action = models.CharField(_("action"), max_length=NAME_LENGTH)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    reason = models.CharField(_("reason"), max_length=24, blank=True)
    actor_id = models.BigIntegerField(_("person"), null=True, blank=True)
    target_type = models.CharField(_("kind of thing"), max_length=40, blank=True)
    target_id = models.CharField(_("its number"), max_length=64, blank=True)
    request_id = models.CharField(_("request"), max_length=32, blank=True)

    actor_name = models.CharField(_("name"), max_length=NAME, null=True, blank=True)  # noqa: DJ001
    address = models.CharField(_("address"), max_length=ADDRESS, null=True, blank=True)  # noqa: DJ001
    agent = models.CharField(_("device"), max_length=AGENT, null=True, blank=True)  # noqa: DJ001
    who_salt = models.BinaryField(null=True)
    target_label = models.CharField(_("thing"), max_length=LABEL, null=True, blank=True)  # noqa: DJ001
    metadata = models.JSONField(_("details"), null=True, blank=True)
    what_salt = models.BinaryField(null=True)

    who_digest = models.BinaryField()
    what_digest = models.BinaryField()
    mac = models.BinaryField(unique=True)  # that this site wrote it, from the moment it is there

    # Where it stands in the chain, once it is sealed (sealing.py).
    position = models.BigIntegerField(_("position"), null=True, blank=True, unique=True)
    digest = models.BinaryField(null=True)
    signature = models.BinaryField(null=True)  # of the last row of each stretch that is sealed at once

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [
            models.Index(fields=["at"], name="audit_entry_at"),
            models.Index(fields=["action", "at"], name="audit_entry_action"),
            models.Index(fields=["actor_id", "at", "id"], name="audit_entry_deeds"),
            models.Index(fields=["target_type", "target_id", "id"], name="audit_entry_target"),
            models.Index(fields=["target_id", "id"], name="audit_entry_thing"),
            models.Index(fields=["address", "id"], name="audit_entry_address"),
            models.Index(fields=["request_id", "id"], name="audit_entry_request"),
            models.Index(fields=["id"], name="audit_entry_unsealed", condition=Q(position=None)),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.pk}"

    @property
    def words(self) -> str:
        """The action as its app calls it."""
        action = actions.get(self.action)
        return str(action.label) if action else self.action

    def statement(self) -> bytes:
        """All of it that is never forgotten, in one form."""
        return Statement(
            at=self.at,
            action=self.action,
            outcome=self.outcome,
            reason=self.reason,
            actor_id=self.actor_id,
            target_type=self.target_type,
            target_id=self.target_id,
            request_id=self.request_id,
            who_digest=bytes(self.who_digest),
            what_digest=bytes(self.what_digest),
        ).canonical()


class Anchor(models.Model):
    """What was dropped, up to a place in the chain: the rest goes on from its digest.

    Nobody deletes a sealed row but up to an anchor, and none of these is changed or deleted (guards.py).
    """

    at = models.DateTimeField(_("time"), default=timezone.now)
    position = models.BigIntegerField(_("up to position"), unique=True)
    digest = models.BinaryField()
    signature = models.BinaryField()
    rows = models.BigIntegerField(_("rows"))
    file_name = models.CharField(_("file"), max_length=255)
    file_digest = models.CharField(_("SHA-256 of the file"), max_length=64)

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")

    def __str__(self) -> str:
        return f"{self.file_name} ({self.position})"
