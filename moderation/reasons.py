"""Why somebody flags something, and how soon it has to be looked at."""

from datetime import timedelta

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Severity(IntegerChoices):
    LOW = 1, _("can wait")
    MEDIUM = 2, _("soon")
    HIGH = 3, _("at once")


class Reason(TextChoices):
    SPAM = "spam", _("It is spam or advertising")
    OFF_TOPIC = "off_topic", _("It does not belong here")
    RUDE = "rude", _("It is rude or attacks somebody")
    PRIVATE = "private", _("It tells something private about somebody")
    HATE = "hate", _("It is hateful")
    THREAT = "threat", _("It threatens somebody, or somebody may be in danger")
    ILLEGAL = "illegal", _("It is against the law")
    OTHER = "other", _("Something else")
    RULE = "rule", _("A rule of this site stopped it")  # never a person's to give

    @property
    def severity(self) -> Severity:
        return _SEVERITY[self]


FLAGGABLE = [reason for reason in Reason if reason != Reason.RULE]
_SEVERITY = {
    Reason.SPAM: Severity.LOW,
    Reason.OFF_TOPIC: Severity.LOW,
    Reason.RUDE: Severity.MEDIUM,
    Reason.PRIVATE: Severity.MEDIUM,
    Reason.HATE: Severity.MEDIUM,
    Reason.THREAT: Severity.HIGH,
    Reason.ILLEGAL: Severity.HIGH,
    Reason.OTHER: Severity.LOW,
    Reason.RULE: Severity.MEDIUM,
}
DUE_AFTER = {
    Severity.LOW: timedelta(hours=72),
    Severity.MEDIUM: timedelta(hours=24),
    Severity.HIGH: timedelta(hours=4),
}
