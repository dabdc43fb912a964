"""The engine's tables: what happened, what a person sees, what is sent, and what the person wants."""

from .bounce import Bounce, Cause, Suppression
from .breaker import Breaker
from .budget import Budget
from .clock import RevisionClock
from .delivery import Attempt, Delivery
from .device import PushReceipt, PushSubscription
from .event import Event
from .hold import Hold
from .incoming import IncomingMail
from .job import JobRun
from .notification import Notification
from .preference import Category, Frequency, NotificationPreference, Switch
from .quiet import QuietHours, Weekday
from .rule import Block, DecidedBy, Level, Preset, PresetChoice, Rule
from .summary_times import SummaryTimes
from .tally import Tally, TallyClock
from .worker import Worker

__all__ = [
    "Attempt",
    "Block",
    "Bounce",
    "Breaker",
    "Budget",
    "Category",
    "Cause",
    "DecidedBy",
    "Delivery",
    "Event",
    "Frequency",
    "Hold",
    "IncomingMail",
    "JobRun",
    "Level",
    "Notification",
    "NotificationPreference",
    "Preset",
    "PresetChoice",
    "PushReceipt",
    "PushSubscription",
    "QuietHours",
    "RevisionClock",
    "Rule",
    "SummaryTimes",
    "Suppression",
    "Switch",
    "Tally",
    "TallyClock",
    "Weekday",
    "Worker",
]
