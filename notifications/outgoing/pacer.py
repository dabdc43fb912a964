"""How fast a domain is written to: a second's worth at once, and the rest one by one."""

from datetime import datetime, timedelta

DOMAINS_MAX = 1000  # remembered; those that are idle are forgotten first
ROUNDING = 0.5  # of a mail: moments are whole microseconds, and who comes at the one it was given must leave


class Pacer:
    """Of one channel in one process."""

    def __init__(self, per_second: float) -> None:
        self.per_second = per_second
        self._spent: dict[str, tuple[float, datetime]] = {}  # of a second's worth, as of then
        self._waits_until: dict[str, datetime] = {}  # when the last that has to wait may leave

    def may_leave(self, domain: str, now: datetime, *, has_waited: bool, is_urgent: bool) -> bool:
        """Whether one more may leave now. Nobody passes those who wait but what is urgent; it counts, too."""
        spent = self._spent_by(domain, now)
        is_behind_others = not has_waited and self._waits_until.get(domain, now) > now
        at_most = max(self.per_second, 1) + (ROUNDING if has_waited else 0)
        if not is_urgent and (is_behind_others or spent + 1 > at_most):
            return False
        self._spent[domain] = spent + 1, now
        return True

    def moment(self, domain: str, now: datetime) -> datetime:
        """When one that has to wait may leave: after all others that wait."""
        last = max(now, self._waits_until.get(domain, now))
        self._waits_until[domain] = last + timedelta(seconds=1 / self.per_second)
        return self._waits_until[domain]

    def _spent_by(self, domain: str, now: datetime) -> float:
        self._forget_idle(now)
        spent, since = self._spent.get(domain, (0.0, now))
        return max(0.0, spent - (now - since).total_seconds() * self.per_second)

    def _forget_idle(self, now: datetime) -> None:
        if len(self._spent) > DOMAINS_MAX:
            lately = now - timedelta(minutes=1)
            self._spent = {domain: of for domain, of in self._spent.items() if of[1] > lately}
            self._waits_until = {domain: at for domain, at in self._waits_until.items() if at > now}
