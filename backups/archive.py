"""One file with everything: the database, the media, the keys of the site, and a manifest as the last member.

A plain tar, so that any machine can open it. The manifest is written last: without it, the backup was
broken off. It holds a hash of every other member, and which migrations the database had.
"""

import hashlib
import io
import json
import os
import tarfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, Self

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
MEDIA, KEYS = "media", "keys"  # folders
CHUNK = 1024 * 1024


class BackupError(Exception):
    """Told as it is: what is wrong, and what helps."""


@dataclass(frozen=True, slots=True)
class Manifest:
    format: int
    made_at: str
    site: str
    vendor: str  # of the database
    migrations: list[str]  # app.name of each that was applied
    members: dict[str, str]  # name → SHA-256

    @classmethod
    def read(cls, text: bytes) -> Self:
        try:
            fields = json.loads(text)
            if fields["format"] != FORMAT:
                raise BackupError("This backup was made by a newer version of Belltower.")
            return cls(**fields)
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError("The manifest of this backup cannot be read.") from error


class Writer:
    """Writes beside its place, and moves there when all of it is on the disk. A context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._partial = path.with_name(f".{path.name}.partial")
        self.hashes: dict[str, str] = {}

    def __enter__(self) -> Self:
        # Whoever reads it reads everything: nobody but its owner may.
        descriptor = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)
        return self

    def add(self, name: str, source: Path) -> int:
        """Answers its size. What shrinks or goes while it is read raises OSError."""
        with source.open("rb") as file:
            info = self._tar.gettarinfo(arcname=name, fileobj=file)
            info.uid = info.gid = 0
            info.uname = info.gname = ""
            info.mode = 0o600
            hashing = _Hashing(file)
            self._tar.addfile(info, hashing)
        self.hashes[name] = hashing.digest
        return info.size

    def finish(self, manifest: Manifest) -> None:
        text = json.dumps(asdict(manifest), indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mtime, info.mode = len(text), int(time.time()), 0o600
        self._tar.addfile(info, io.BytesIO(text))
        self._tar.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._partial.replace(self._path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._partial.unlink(missing_ok=True)


class Reader:
    """A context manager. Nothing is believed before its hash is right."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        try:
            self._tar = tarfile.open(self._path, mode="r:")
            self._members = {member.name: member for member in self._tar.getmembers()}
        except FileNotFoundError as error:
            raise BackupError(f"There is no file {self._path}.") from error
        except (tarfile.TarError, OSError) as error:
            raise BackupError(f"{self._path} is no backup, or was broken off.") from error
        if MANIFEST not in self._members:
            self._tar.close()
            raise BackupError(f"{self._path} is no backup, or was broken off: it has no manifest.")
        self.manifest = Manifest.read(self._open(MANIFEST).read())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tar.close()

    def names(self, folder: str) -> Iterator[str]:
        """The members below it, as paths within it that lead nowhere else."""
        for name in self.manifest.members:
            path = PurePosixPath(name)
            if path.parts[0] != folder:
                continue
            if path.is_absolute() or ".." in path.parts or len(path.parts) < 2:
                raise BackupError(f"The backup has a member with a wrong name: {name!r}.")
            yield str(path.relative_to(folder))

    def extract(self, name: str, target: Path, *, mode: int = 0o644) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        hashing = _Hashing(self._open(name))
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
            while chunk := hashing.read(CHUNK):
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if hashing.digest != self.manifest.members[name]:
            raise BackupError(f"{name} of this backup is damaged: its hash is not that of the manifest.")

    def _open(self, name: str) -> IO[bytes]:
        member = self._members.get(name)
        file = self._tar.extractfile(member) if member is not None and member.isfile() else None
        if file is None:
            raise BackupError(f"{name} is missing in this backup.")
        return file


class _Hashing(io.RawIOBase):
    """Hashes what is read through it."""

    def __init__(self, file: Any) -> None:
        self._file, self._hash = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk: bytes = self._file.read(size)
        self._hash.update(chunk)
        return chunk

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()
