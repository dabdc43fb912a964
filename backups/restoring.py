"""A site out of a backup: everything is looked at, the database is replaced at once, then the files.

The restored site is silent until somebody releases it (notifications/outgoing/holding.py).
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from notifications.outbox import workers
from notifications.outgoing import holding

from . import postgresql, sqlite
from .archive import DATABASE, KEYS, MEDIA, BackupError, Manifest, Reader
from .making import Progress


@dataclass(frozen=True, slots=True)
class Restored:
    made_at: str
    files: int
    aside: Path | None  # where the media lie that were there before
    keys: list[str]


def restore(path: Path, *, force: bool, progress: Progress) -> Restored:
    with Reader(path) as archive:
        _refuse_what_does_not_fit(archive.manifest)
        _refuse_to_overwrite(force)
        media = Path(settings.MEDIA_ROOT)
        media.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restoring-", dir=media.parent) as folder:
            dumped, files = Path(folder, DATABASE), Path(folder, MEDIA)
            archive.extract(DATABASE, dumped, mode=0o600)
            count = _extract_media(archive, files, progress)
            tool = postgresql if connection.vendor == "postgresql" else sqlite
            tool.restore(connection, dumped, holding.statements(timezone.now(), vendor=connection.vendor))
            aside = _change_media(files, media)
        keys = _restore_keys(archive)
    # An older backup becomes one of this version; and a database on another server counts on anew.
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    return Restored(archive.manifest.made_at, count, aside, keys)


def _refuse_what_does_not_fit(manifest: Manifest) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupError(
            f"This is a backup of {manifest.vendor}, and DATABASE_URL names a database of "
            f"{connection.vendor}."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    if unknown := sorted(set(manifest.migrations) - known):
        raise BackupError(
            f"This backup is of a newer version than the program, which does not know {unknown[0]}: "
            "take the version that the backup was made with, or a newer one."
        )


def _refuse_to_overwrite(force: bool) -> None:
    tables = connection.introspection.table_names()
    people = get_user_model()
    if not tables:
        return
    if "notifications_worker" in tables and (alive := workers.alive()):
        raise BackupError(f"A site is at work on this database ({alive[0]}): stop it first.")
    is_ours = people._meta.db_table in tables
    if not force and (not is_ours or people._default_manager.exists()):
        raise BackupError("There is a community in this database already. --force replaces all of it.")


def _extract_media(archive: Reader, target: Path, progress: Progress) -> int:
    target.mkdir()
    target.chmod(0o755)
    names = list(archive.names(MEDIA))
    for number, name in enumerate(names, start=1):
        archive.extract(f"{MEDIA}/{name}", target / name)
        progress(number, len(names))
    return len(names)


def _change_media(files: Path, media: Path) -> Path | None:
    aside = None
    if media.is_dir() and any(media.iterdir()):
        aside = media.with_name(f"{media.name}-before-{timezone.now():%Y%m%d-%H%M%S}")
        media.rename(aside)
    elif media.is_dir():
        media.rmdir()
    shutil.move(files, media)
    return aside


def _restore_keys(archive: Reader) -> list[str]:
    """Those that this machine has none of: its own stay."""
    restored = []
    for name in archive.names(KEYS):
        target = Path(settings.VAR_DIR, name)
        if not target.exists():
            archive.extract(f"{KEYS}/{name}", target, mode=0o600)
            os.chmod(target, 0o600)
            restored.append(name)
    return restored
