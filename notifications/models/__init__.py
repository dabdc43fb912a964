"""The engine's tables: what happened, what a person sees, what is sent, and what the person wants."""

from .delivery import Attempt, Delivery
from .event import Event
from .notification import Notification
from .preference import Category, Frequency, NotificationPreference
from .worker import Worker

__all__ = [
    "Attempt",
    "Category",
    "Delivery",
    "Event",
    "Frequency",
    "Notification",
    "NotificationPreference",
    "Worker",
]
