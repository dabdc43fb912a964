"""Mail that came in, and what became of it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class IncomingMail(models.Model):
    """One message to one address, and no word of it.

    The row is written in the transaction of what it led to: a second copy leads to nothing.
    """

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("taken")
        AUTOMATIC = "automatic", _("no person wrote it")
        UNKNOWN = "unknown", _("the address is none that this site made")
        STRANGER = "stranger", _("it came from another address than the mail went to")
        FORGED = "forged", _("the mail server could not confirm whom it is from")
        EXPIRED = "expired", _("the mail that it answers is too old")
        INACTIVE = "inactive", _("the account is not active")
        TOO_LARGE = "too_large", _("it is too large")
        TOO_MANY = "too_many", _("too many came within an hour")
        EMPTY = "empty", _("it has no words of its own")
        GONE = "gone", _("what it answers is no longer there")
        DENIED = "denied", _("its writer may not write there any more")
        INVALID = "invalid", _("its words were not accepted")

    key = models.CharField(max_length=64, unique=True)  # of the message and the address
    message_id = models.CharField(max_length=200)
    received_at = models.DateTimeField(default=timezone.now)
    sender = models.CharField(max_length=254, blank=True)  # as From says
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, db_constraint=False,
        db_index=False, related_name="+", verbose_name=_("person"),
    )  # fmt: skip # who got the mail that it answers
    delivery_id = models.BigIntegerField(null=True, blank=True)  # that mail
    outcome = models.CharField(max_length=10, choices=Outcome)
    detail = models.CharField(max_length=300, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)  # when the person was written to about it

    class Meta:
        indexes = [models.Index(fields=["recipient", "received_at"], name="ntf_incoming_person")]
        verbose_name = _("incoming mail")
        verbose_name_plural = _("incoming mails")

    def __str__(self) -> str:
        return self.message_id
