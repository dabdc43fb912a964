"""Copies of what is kept of people: asked for, made by the dispatcher, fetched for a day, and gone.

The row is the queue. A file is written under a name of its own and counts from the moment the row says so:
whoever dies in the middle leaves a file that nobody names, which is swept away, and another makes it anew.
"""

import time
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

import audit
from accounts.models import User
from notifications.crash_points import reach
from notifications.models import JobRun
from notifications.service import NotificationService
from notifications.transactions import acting, dispatching
from notifications.upkeep.schedule import Job, Rest

from .kinds import EXPORTED
from .models import TRIES, Export
from .writing import write

KEPT = timedelta(hours=24)
STRAY_AFTER_SECONDS = 6 * 3600  # longer than writing any file takes
ASKED = audit.register(
    "data_asked", _("asked for a copy of their data"), own=_("You asked for a copy of your data.")
)


def ask(user: User) -> Export:
    """One is made; or the answer is the one that is being made, or is still kept.

    Who asks has proven who they are.
    """
    with acting():
        Export.objects.filter(user=user).over(timezone.now()).delete()
        export, is_new = Export.objects.get_or_create(user=user)
        again = Export.objects.filter(pk=export.pk, ready_at=None, tries__gte=TRIES)
        is_new = bool(again.update(tries=0, asked_at=timezone.now())) or is_new
        if is_new:
            audit.record(ASKED, actor=user, target=user)
    export.refresh_from_db()
    return export


def path_of(export: Export) -> Path:
    return folder() / export.name


def folder() -> Path:
    """Outside of everything that is served, for the site's own user alone."""
    place = Path(settings.EXPORT_ROOT)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def take_a_turn(run: JobRun, rest: Rest) -> bool:
    """Remove what is over, and make one file; True where another waits."""
    gone, over = 0, Export.objects.over(timezone.now())
    if over.exists():  # else it would take its turn to write for nothing, four times a minute
        with dispatching():
            gone = over.delete()[0]
    gone += sweep()
    export = Export.objects.waiting().select_related("user").first()
    if export is not None:
        make(export, rest)
    for word, count in (("removed", gone), ("made", int(export is not None))):
        run.counts[word] = run.counts.get(word, 0) + count
    return Export.objects.waiting().exists()


def make(export: Export, rest: Rest) -> None:
    with dispatching():
        Export.objects.filter(pk=export.pk).update(tries=F("tries") + 1)
    name = f"{token_hex(24)}.zip"
    path = folder() / name
    try:
        size = write(path, export.user, rest)
        reach("after an export is written")
        is_mine = _ready(export, name, size, timezone.now())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if not is_mine:  # another was first, or the person is gone
        path.unlink(missing_ok=True)


def sweep() -> int:
    """Files of rows that are gone, and of those who died over them."""
    long_ago, count = time.time() - STRAY_AFTER_SECONDS, 0
    files = [path for path in folder().iterdir() if path.stat().st_mtime < long_ago]
    named = set(Export.objects.filter(name__in=[path.name for path in files]).values_list("name", flat=True))
    for path in files:
        if path.name not in named:
            path.unlink(missing_ok=True)
            count += 1
    return count


def _ready(export: Export, name: str, size: int, now: datetime) -> bool:
    with dispatching():
        mine = Export.objects.filter(pk=export.pk, ready_at=None)
        if not mine.update(name=name, size=size, ready_at=now, expires_at=now + KEPT):
            return False
        export.refresh_from_db()
        NotificationService.emit(EXPORTED, export)
    return True


JOB = Job(
    "exports",
    _("makes the copies of their data that people asked for, and removes them after a day"),
    every=timedelta(seconds=15),
    work=take_a_turn,
)
