"""How a person is drawn when there is only a name: initials on one of seven earth tones."""

from typing import Any, Final, NamedTuple
from zlib import crc32

TONES: Final = 7


class Face(NamedTuple):
    initials: str
    tone: int  # 0 to 6


def display_name(person: Any) -> str:
    """A user's name, or the username where there is none; a plain string stands for itself."""
    if isinstance(person, str):
        return person
    return getattr(person, "name", "") or getattr(person, "username", "")


def face_of(name: str) -> Face:
    """The same name gives the same face in every process and release, so not Python's salted hash()."""
    words = ["".join(character for character in word if character.isalnum()) for word in name.split()]
    words = [word for word in words if word]
    if not words:
        return Face("?", 0)
    ends = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return Face(ends.upper(), crc32(name.strip().casefold().encode()) % TONES)
