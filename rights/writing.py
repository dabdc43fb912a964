"""The file itself. It is written as it is read, a few hundred rows at a time: however much somebody has
written, it takes no more memory than that."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import FileField
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.models import User
from notifications.upkeep.schedule import Rest

from .holdings import HELD, Holding

CHUNK = 500


class _Encoder(DjangoJSONEncoder):
    def default(self, value: Any) -> Any:
        return bytes(value).hex() if isinstance(value, bytes | memoryview) else super().default(value)


def write(path: Path, user: User, rest: Rest) -> int:
    """All that is kept of this person, for nobody but the site's own user to read; answers with its size."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out, ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", readme(user))
        for holding in HELD:
            with archive.open(f"data/{holding.model}.json", "w", force_zip64=True) as member:
                _write_rows(member, holding, user, rest)
        for holding in HELD:
            for name in _files(holding, user):
                _write_file(archive, name)
                rest()
    return path.stat().st_size


def readme(user: User) -> str:
    with translation.override(user.language), timezone.override(user.time_zone):
        return render_to_string(
            "rights/readme.txt",
            {"person": user, "site_name": settings.SITE_NAME, "site_url": settings.SITE_URL, "held": HELD},
        )


def _write_rows(member: IO[bytes], holding: Holding, user: User, rest: Rest) -> None:
    """One list of objects."""
    encoder, separator = _Encoder(ensure_ascii=False), "[\n"
    for chunk in _chunks(holding, user, holding.columns):
        for row in chunk:
            member.write((separator + encoder.encode(row)).encode())
            separator = ",\n"
        rest()
    member.write(("\n]\n" if separator == ",\n" else "[]\n").encode())


def _files(holding: Holding, user: User) -> Iterator[str]:
    names = [field.name for field in holding.rows._meta.concrete_fields if isinstance(field, FileField)]
    for chunk in _chunks(holding, user, names) if names else ():
        yield from (str(row[name]) for row in chunk for name in names if row[name])


def _chunks(holding: Holding, user: User, columns: list[str]) -> Iterator[list[dict[str, Any]]]:
    """By the primary key, each a query of its own: no transaction stays open while the file is written."""
    key = holding.rows._meta.pk.attname
    rows = holding.rows_of(user).order_by("pk").distinct()
    place: Any = None
    while True:
        following = rows if place is None else rows.filter(pk__gt=place)
        found = list(following.values(*dict.fromkeys((key, *columns)))[:CHUNK])
        if found:
            place = found[-1][key]
            yield [{name: row[name] for name in columns} for row in found]
        if len(found) < CHUNK:
            return


def _write_file(archive: ZipFile, name: str) -> None:
    """As it is: pictures are compressed already. One that was deleted meanwhile is left out."""
    info = ZipInfo(f"media/{name}")
    info.compress_type = ZIP_STORED
    try:
        source = default_storage.open(name, "rb")
    except FileNotFoundError:
        return
    with source, archive.open(info, "w", force_zip64=True) as member:
        shutil.copyfileobj(source, member)
