"""What happened to somebody's account, for themselves, out of the log."""

from django.db.models import Q, QuerySet

from accounts.models import User
from audit.actions import DONE, REFUSED, all_actions, get
from audit.models import Entry
from notifications.devices import label_of_agent

PAGE_SIZE = 30
NEWEST_FIRST = ("-id", "-pk")  # as its index has it


def history_of(user: User) -> QuerySet[Entry]:
    """Of the actions that have words for the person themselves. Who did it to them stays with the staff."""
    done = [action.name for action in all_actions() if action.own]
    refused = [action.name for action in all_actions() if action.refused]
    return Entry.objects.filter(
        Q(outcome=DONE, action__in=done)
        | Q(Q(actor_id=None) | Q(actor_id=user.pk), outcome=REFUSED, action__in=refused),
        target_type="user",
        target_id=str(user.pk),
    ).defer("metadata")


def page_of(user: User, before: str) -> tuple[list[Entry], int | None]:
    """And what the next page is before. What is no number of a row begins at the beginning."""
    rows = history_of(user).order_by("-pk")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: PAGE_SIZE + 1])
    return found[:PAGE_SIZE], found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None


def sentence_of(entry: Entry) -> str:
    action = get(entry.action)
    words = action and (action.refused if entry.outcome == REFUSED else action.own)
    return str(words or "")


def device_of(entry: Entry) -> str:
    """“Firefox on Android”; empty where another person was at it, or nothing was said."""
    return label_of_agent(entry.agent) if entry.agent and not _by_another(entry) else ""


def address_of(entry: Entry) -> str:
    return "" if _by_another(entry) else entry.address or ""


def _by_another(entry: Entry) -> bool:
    return entry.actor_id is not None and str(entry.actor_id) != entry.target_id
