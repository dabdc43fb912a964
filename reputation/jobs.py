"""Each minute what is new, and who took something back; each night everybody, from all that they did."""

import time
from collections.abc import Collection
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from notifications.models import JobRun
from notifications.sql import among
from notifications.transactions import dispatching
from notifications.upkeep.schedule import Job, Rest

from .counting import count, unknown
from .reconciling import reconcile
from .sources import SOURCES, people_with_less

NEWEST_ENTRIES = 2_000  # what is taken back was mostly done not long ago; the night finds the rest
PEOPLE = 100  # compared between two looks at the clock
TURN_SECONDS = 2.0


def keep_up(run: JobRun, rest: Rest) -> bool:
    """Reads on where the run before the last ended: numbers are given before a transaction commits, so what
    was new a minute ago is asked for once more. The first run reads everything."""
    until = time.monotonic() + TURN_SECONDS
    run.place = run.place or _begins_at()
    is_more = _count_news(run, rest, until)
    with dispatching():
        run.save(update_fields=["place"])
    if not is_more:
        _reconcile(run, people_with_less(NEWEST_ENTRIES), rest)
    return is_more


def _begins_at() -> list[int]:
    well = JobRun.objects.filter(job=KEEP.name, error="", ended_at__isnull=False)
    before_last = well.order_by("-due_at")[1:2]
    return next((run.place for run in before_last if run.place), [0] * len(SOURCES))


def _count_news(run: JobRun, rest: Rest, until: float) -> bool:
    """Whether time was up before the end was reached."""
    for number, source in enumerate(SOURCES):
        while chunk := source.after(run.place[number]):
            news = unknown(chunk.acts)
            for person in User.objects.filter(pk__in=among(news)):
                _note(run, count(person, news[person.pk]))
                rest()
                if time.monotonic() >= until:
                    return True
            run.place[number] = chunk.place
    return False


def compare(run: JobRun, rest: Rest) -> bool:
    """Everybody, in the order of their numbers."""
    until = time.monotonic() + TURN_SECONDS
    place = run.place[0] if run.place else 0
    everybody = User.objects.order_by("pk").values_list("pk", flat=True)
    while people := list(everybody.filter(pk__gt=place)[:PEOPLE]):
        _reconcile(run, people, rest)
        place = people[-1]
        if time.monotonic() >= until:
            run.place = [place]
            with dispatching():
                run.save(update_fields=["place"])
            return True
    return False


def _reconcile(run: JobRun, people: Collection[int], rest: Rest) -> None:
    for person in User.objects.filter(pk__in=among(people)):
        _note(run, bool(reconcile(person)))
        rest()


def _note(run: JobRun, has_changed: bool) -> None:
    if has_changed:
        run.counts["standings"] = run.counts.get("standings", 0) + 1


KEEP = Job(
    "reputation",
    _("counts points and badges by what people did"),
    every=timedelta(minutes=1),
    work=keep_up,
)
COMPARE = Job(
    "reputation-nightly",
    _("compares everybody's points with all that they did"),
    every=timedelta(days=1),
    offset=timedelta(hours=2),
    work=compare,
)
