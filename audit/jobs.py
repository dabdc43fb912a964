"""What recurs of the log."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.outgoing import holding
from notifications.upkeep import schedule
from notifications.upkeep.schedule import Job, counted

from . import checkpoints
from .sealing import seal


def mail_checkpoint() -> int:
    """To whoever keeps it where the owner of the database cannot reach it."""
    seal()
    checkpoint = checkpoints.latest()
    if checkpoint is None or holding.is_held():
        return 0
    subject = _("%(site)s: where the audit log stands") % {"site": settings.SITE_NAME}
    keep = _("Keep this line. It proves later that nothing up to here was cut off:")
    ask = f"manage.py verify_audit --checkpoint {checkpoint}"
    return send_mail(subject, f"{keep}\n\n{checkpoint}\n\n{ask}\n", None, settings.AUDIT_CHECKPOINT_TO)


SEAL = Job(
    "audit",
    gettext_lazy("seals what is new in the audit log"),
    every=timedelta(seconds=15),
    work=counted("sealed", seal),
)
MAIL = Job(
    "audit-checkpoint",
    gettext_lazy("mails where the audit log stands"),
    every=timedelta(days=1),
    offset=timedelta(hours=4),
    work=counted("mailed", mail_checkpoint),
)


def register() -> None:
    schedule.register(SEAL)
    if settings.AUDIT_CHECKPOINT_TO:
        schedule.register(MAIL)
