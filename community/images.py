"""Pictures that come with a post: nothing of the file that was sent is kept but what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile


@dataclass(frozen=True)
class Picture:
    webp: bytes
    width: int
    height: int
    alt: str = ""


def read_pictures(files: Sequence[UploadedFile]) -> list[Picture]:
    if files:
        raise NotImplementedError
    return []


def store(picture: Picture) -> str:
    raise NotImplementedError
