"""Attempts are counted in the database, where every process sees them and no restart forgets them.

A row is one rate of one address, account or person. It holds the moments of the newest attempts that were let
through; another is let through where the one so many before it is older than the rate's time. So at no moment
were there more than five in five minutes, whenever one begins to count. One statement reads, judges and
writes: many at once cannot slip through together.

Count before judging, and outside of any transaction: what is rolled back was never counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from allauth.core.internal.ratelimit import Rate, parse_rates
from django.conf import settings
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import Throttled

from notifications.transactions import acting

from ..models import Attempts

MOMENT = 13  # digits of a time in milliseconds
ENTRY = MOMENT + 7  # and six that tell two of the same moment apart, and a comma
_COUNT = """
    INSERT INTO accounts_attempts (key, action, moments, expires_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET
        moments = excluded.moments || substr(accounts_attempts.moments, 1, %s),
        expires_at = excluded.expires_at
    WHERE substr(accounts_attempts.moments, %s, %s) <= %s
"""


class TooOftenError(Throttled):
    """In the API a 429 with Retry-After; for pages see `answers`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(wait=seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose an attempt is; a rate is only looked at where that is known which it is of."""

    ip: str = ""
    key: str = ""  # an account or target, by whatever it is called
    user: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """An attempt that was let through, on one row."""

    key: str
    entry: str

    def rollback(self) -> None:
        """It was rightful, and counts no more."""
        with acting():
            rows = Attempts.objects.filter(key=self.key)
            rows.update(moments=Replace(F("moments"), Value(self.entry), Value("")))


@dataclass(frozen=True, slots=True)
class Attempt:
    """The same on all rows that it concerns."""

    counted: Sequence[Counted] = ()

    def rollback(self) -> None:
        with acting():
            for one in self.counted:
                one.rollback()


def attempt(action: str, whose: Whose, *, now: datetime | None = None) -> Attempt:
    """One more on each row that it concerns. Raises TooOftenError, which knows when to come again."""
    counted: list[Counted] = []
    refused: TooOftenError | None = None
    with acting():
        try:
            for rate, of in _rates(action, whose):
                counted.append(_count(action, rate, of, now))
        except TooOftenError as error:  # raised outside: what was counted stays so
            refused = error
    if refused:
        raise refused
    return Attempt(counted)


def check(action: str, whose: Whose, *, now: datetime | None = None) -> None:
    """Counts nothing. Raises TooOftenError where one more would not be let through."""
    seconds = max((wait(action, rate, of, now=now) for rate, of in _rates(action, whose)), default=0)
    if seconds:
        raise TooOftenError(max(1, seconds))


def allow(action: str, whose: Whose, *, now: datetime | None = None) -> bool:
    """One more, where one more is let through."""
    try:
        attempt(action, whose, now=now)
    except TooOftenError:
        return False
    return True


def count(action: str, rate: Rate, of: str, *, now: datetime | None = None) -> Counted:
    """One more on one row. Raises TooOftenError."""
    with acting():
        return _count(action, rate, of, now)


def _count(action: str, rate: Rate, of: str, now: datetime | None) -> Counted:
    now = now or timezone.now()
    key, entry = key_of(action, rate, of), f"{_milliseconds(now):0{MOMENT}d}{token_hex(3)},"
    if rate.amount < 1:
        raise TooOftenError(rate.duration)
    last = (rate.amount - 1) * ENTRY  # where the oldest begins that still counts
    lasting = timedelta(seconds=rate.duration)
    with connection.cursor() as cursor:
        expires_at = connection.ops.adapt_datetimefield_value(now + lasting)
        too_old = f"{_milliseconds(now - lasting):0{MOMENT}d}"
        cursor.execute(_COUNT, [key, action, entry, expires_at, last, last + 1, MOMENT, too_old])
        if cursor.rowcount:
            return Counted(key, entry)
        raise TooOftenError(max(1, wait(action, rate, of, now=now)))


def wait(action: str, rate: Rate, of: str, *, now: datetime | None = None) -> float:
    """Seconds until one more is let through. Counts nothing."""
    now = now or timezone.now()
    moments = Attempts.objects.filter(key=key_of(action, rate, of)).values_list("moments", flat=True).first()
    oldest = (moments or "")[(rate.amount - 1) * ENTRY :][:MOMENT]
    if not oldest:
        return 0
    free_at = datetime.fromtimestamp(int(oldest) / 1000, UTC) + timedelta(seconds=rate.duration)
    return max(0.0, (free_at - now).total_seconds())


def forget(action: str, rate: Rate, of: str) -> None:
    with acting():
        Attempts.objects.filter(key=key_of(action, rate, of)).delete()


def key_of(action: str, rate: Rate, of: str) -> str:
    """Nothing in the table names an address or a person. A rate that is changed begins anew."""
    return salted_hmac("accounts.limits", f"{action} {rate} {of}", algorithm="sha256").hexdigest()


def _rates(action: str, whose: Whose) -> list[tuple[Rate, str]]:
    limits = settings.ACCOUNT_RATE_LIMITS or {}
    rates = parse_rates(limits.get(action))
    return [(rate, of) for rate in rates if (of := str(getattr(whose, rate.per)))]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
