"""A backup of a site that serves meanwhile: the database at one moment, then the files that it names.

Files come to the disk before the rows that name them are committed, so that what the database names is
there when the files are copied, unless it is deleted in that time.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from . import postgresql, sqlite
from .archive import DATABASE, FORMAT, KEYS, MEDIA, BackupError, Manifest, Writer

Progress = Callable[[int, int], None]
KEY_FILES = ("secret_key", "vapid_key")  # of VAR_DIR, where the settings do not name them


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    files: int
    size: int


def make(place: Path, *, progress: Progress) -> Made:
    """`place`: a folder, in which it is named after the moment, or a file that is not there yet."""
    now = timezone.now()
    if place.is_dir():
        place = place / f"belltower-{now:%Y%m%d-%H%M%S}.tar"
    if place.exists():
        raise BackupError(f"{place} is there already.")
    if not place.parent.is_dir():
        raise BackupError(f"There is no folder {place.parent}.")
    with (
        Writer(place) as writer,
        tempfile.TemporaryDirectory(prefix=".belltower-", dir=place.parent) as folder,
    ):
        copy = Path(folder, DATABASE)
        migrations = [f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()]
        tool = postgresql if connection.vendor == "postgresql" else sqlite
        tool.dump(connection, copy)
        writer.add(DATABASE, copy)
        copy.unlink()
        for name in KEY_FILES:
            if (key := settings.VAR_DIR / name).is_file():
                writer.add(f"{KEYS}/{name}", key)
        files = _add_media(writer, progress)
        writer.finish(
            Manifest(
                format=FORMAT,
                made_at=now.isoformat(),
                site=settings.SITE_URL,
                vendor=connection.vendor,
                migrations=sorted(migrations),
                members=writer.hashes,
            )
        )
    return Made(place, files, place.stat().st_size)


def _add_media(writer: Writer, progress: Progress) -> int:
    root = Path(settings.MEDIA_ROOT)
    paths = sorted(_files(root))
    added = 0
    for number, path in enumerate(paths, start=1):
        try:
            writer.add(f"{MEDIA}/{path.relative_to(root).as_posix()}", path)
            added += 1
        except FileNotFoundError:
            pass  # deleted meanwhile
        progress(number, len(paths))
    return added


def _files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
