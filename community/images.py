"""Pictures that come with a post: nothing of the file that was sent is kept but what it shows.

Files from strangers are decoded in a process of their own (image_child.py), never in this one.
"""

import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .image_protocol import HEADER, OUTPUT_BYTES, TOO_MANY_PIXELS, UNREADABLE
from .models import PostImage

logger = logging.getLogger(__name__)

PICTURES_MAX = 4
FILE_BYTES = 10 * 1024 * 1024
WAIT_SECONDS = 30  # of wall time; the child has ten seconds of work
_decoding = threading.BoundedSemaphore(2)
# Others wait, but few: each holds one of the threads that serve everybody's pages.
_waiting = threading.BoundedSemaphore(4)


@dataclass(frozen=True, slots=True)
class Upload:
    file: "UploadedFile[Any]"
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    webp: bytes
    width: int
    height: int
    alt: str = ""


def read_pictures(uploads: Sequence[Upload]) -> list[Picture]:
    """Decode and make anew; raises ValidationError on `images`. Takes a while: not inside a transaction."""
    if len(uploads) > PICTURES_MAX:
        raise _refusal(_("A post has room for %(max)d pictures."), max=PICTURES_MAX)
    for upload in uploads:
        if (upload.file.size or 0) > FILE_BYTES:
            raise _refusal(_("“%(name)s” is larger than %(max)d MB."), upload, max=FILE_BYTES // 1024**2)
    if not uploads:
        return []
    if not _waiting.acquire(blocking=False):
        raise _refusal(_("Many pictures are arriving just now. Try again in a moment."))
    try:
        return [_read(upload) for upload in uploads]
    finally:
        _waiting.release()


@contextmanager
def keeping_files() -> Iterator[list[str]]:
    """Names that are put in the list are deleted again if the block does not end well."""
    names: list[str] = []
    try:
        yield names
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise


def store(picture: Picture) -> str:
    """The name it now has in storage: random, so that it says nothing and cannot be guessed."""
    return default_storage.save(
        f"posts/{timezone.now():%Y/%m}/{token_hex(16)}.webp", ContentFile(picture.webp)
    )


def delete_file(instance: PostImage, **kwargs: Any) -> None:
    """After a row is deleted, by whatever way (a group, a person): its file goes once that is certain."""
    transaction.on_commit(partial(default_storage.delete, str(instance.file)), robust=True)


def _read(upload: Upload) -> Picture:
    with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as made:
        for chunk in upload.file.chunks():
            sent.write(chunk)
        sent.seek(0)
        with _decoding:
            code = _decode(sent.fileno(), made.fileno())
        if code == TOO_MANY_PIXELS:
            raise _refusal(_("“%(name)s” has too many pixels: 24 megapixels fit."), upload)
        made.seek(0)
        header, webp = made.read(HEADER.size), made.read(OUTPUT_BYTES)
    if code or len(header) < HEADER.size:
        raise _refusal(_("“%(name)s” cannot be read. Use a JPEG, PNG, WebP or GIF file."), upload)
    width, height = HEADER.unpack(header)
    return Picture(webp, width, height, upload.alt)


def _decode(sent: int, made: int) -> int:
    """The exit code of the child; it gets none of this process's environment."""
    path = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    command = [sys.executable, "-m", "community.image_child"]
    try:
        code = subprocess.run(
            command,
            stdin=sent,
            stdout=made,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            env=path,
            timeout=WAIT_SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        return UNREADABLE
    if code > 0 and code not in (UNREADABLE, TOO_MANY_PIXELS):  # killed by a limit: below zero
        logger.error("the process that decodes pictures does not work: exit code %d", code)
    return code


def _refusal(message: str, upload: Upload | None = None, **values: int) -> ValidationError:
    name = {"name": upload.file.name} if upload else {}
    return ValidationError({"images": message % {**name, **values}})
