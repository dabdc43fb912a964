"""What the moderation does by the clock."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.upkeep.schedule import Job, counted

from . import actions

JOBS = (
    Job(
        "moderation",
        _("hands flagged things that nobody decided in time to the staff"),
        every=timedelta(minutes=5),
        work=counted("escalated", actions.escalate_due),
    ),
    Job(
        "suspensions",
        _("lets those come back whose suspension is over"),
        every=timedelta(minutes=5),
        work=counted("lifted", actions.lift_due),
    ),
)
