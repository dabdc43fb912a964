"""A line that says where the chain stood: short enough to be printed, mailed or read aloud.

A chain proves all that is in it, not that nothing was cut off its end. So whoever keeps a line elsewhere (on
paper, in another's mailbox, in a log) can ask later whether the chain still goes through there. The site
keeps the latest in a file beside the database, and `verify_audit` asks for it.
"""

import hmac
import os
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from . import chain
from .models import Entry

_NAME, _VERSION = "belltower-audit", "1"


class Checkpoint(NamedTuple):
    position: int
    digest: bytes
    signature: bytes

    def __str__(self) -> str:
        return ":".join((_NAME, _VERSION, str(self.position), self.digest.hex(), self.signature.hex()))

    def is_ours(self) -> bool:
        """Whether this site's key signed it."""
        return any(
            hmac.compare_digest(chain.signature(key, self.position, self.digest), self.signature)
            for key in chain.signing_keys()
        )


def parse(line: str) -> Checkpoint:
    """Raises ValueError for what is no line of this site."""
    try:
        name, version, position, digest, signature = line.strip().split(":")
        checkpoint = Checkpoint(int(position), bytes.fromhex(digest), bytes.fromhex(signature))
    except ValueError as error:
        raise ValueError("That is no checkpoint.") from error
    if (name, version) != (_NAME, _VERSION) or not checkpoint.is_ours():
        raise ValueError("That is no checkpoint that this site has signed.")
    return checkpoint


def latest() -> Checkpoint | None:
    """None where nothing is sealed."""
    entry = Entry.objects.exclude(signature=None).order_by("-position").first()
    if entry is None or entry.position is None or entry.digest is None or entry.signature is None:
        return None
    return Checkpoint(entry.position, bytes(entry.digest), bytes(entry.signature))


def keep(checkpoint: Checkpoint | None) -> None:
    """In the file, where it is further than the one there. Whole or not at all."""
    if checkpoint is None or not settings.AUDIT_CHECKPOINT_FILE:
        return
    path = Path(settings.AUDIT_CHECKPOINT_FILE)
    before = kept()
    if before is not None and before.position >= checkpoint.position:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(f"{checkpoint}\n")
    fresh.replace(path)


def kept() -> Checkpoint | None:
    """None where there is no file, or none that this site has written."""
    try:
        return parse(Path(settings.AUDIT_CHECKPOINT_FILE).read_text())
    except (OSError, ValueError):
        return None
