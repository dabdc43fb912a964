"""The engine for its operators: what happened, what was made of it, and the few things to do by hand."""

from .bounces import BounceAdmin, SuppressionAdmin
from .deliveries import AttemptAdmin, DeliveryAdmin
from .devices import PushReceiptAdmin, PushSubscriptionAdmin
from .events import EventAdmin
from .inbox import NotificationAdmin
from .incoming import IncomingMailAdmin
from .preferences import (
    BlockAdmin,
    PreferenceAdmin,
    PresetAdmin,
    QuietHoursAdmin,
    RuleAdmin,
    SummaryTimesAdmin,
)
from .tallies import TallyAdmin, TallyClockAdmin
from .workers import JobRunAdmin, RevisionClockAdmin, WorkerAdmin

__all__ = [
    "AttemptAdmin",
    "BlockAdmin",
    "BounceAdmin",
    "DeliveryAdmin",
    "EventAdmin",
    "IncomingMailAdmin",
    "JobRunAdmin",
    "NotificationAdmin",
    "PreferenceAdmin",
    "PresetAdmin",
    "PushReceiptAdmin",
    "PushSubscriptionAdmin",
    "QuietHoursAdmin",
    "RevisionClockAdmin",
    "RuleAdmin",
    "SummaryTimesAdmin",
    "SuppressionAdmin",
    "TallyAdmin",
    "TallyClockAdmin",
    "WorkerAdmin",
]
