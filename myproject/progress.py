"""A progress bar for commands that can take over a second: on a terminal only, and gone when it is done."""

import shutil
import time
from types import TracebackType
from typing import Self, TextIO

REDRAW_SECONDS = 0.1


class Progress:
    """`with Progress(self.stdout, "Reading") as progress: … progress(done, total)`."""

    def __init__(self, stream: TextIO, label: str) -> None:
        self._stream, self._label = stream, label
        self._shown = stream.isatty()
        self._drawn_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn_at:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if not self._shown or now - self._drawn_at < REDRAW_SECONDS:
            return
        self._drawn_at = now
        width = max(10, min(40, shutil.get_terminal_size().columns - len(self._label) - 12))
        filled = width * done // max(total, 1)
        bar = "█" * filled + "·" * (width - filled)
        self._stream.write(f"\r{self._label} {bar} {100 * done // max(total, 1):3} %")
        self._stream.flush()
