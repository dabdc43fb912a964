"""A pytest plugin: a test in which a secret was written to a log has failed.

It looks at all that the tests log, at the level of a real site: passwords, tokens, sessions and the key of
the site are known by how they look. `tests/test_logs.py` makes codes and links, and looks for those.
"""

import logging
import re
from collections.abc import Iterator

import pytest

# The passwords and keys of the tests; a token of the API or the session of a browser; what a header carries.
SECRET = re.compile(
    r"correct-horse|another-horse|demo-password|only-for-tests|Bearer [\w.=-]{16,}|sessionid=\w|"
    r"\b[0-9a-f]{64}\b|-----BEGIN"
)


class Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = f"{record.getMessage()} {record.exc_info[1] if record.exc_info else ''}"
        if SECRET.search(said):
            self.heard.append(f"{record.name}: {said}")


LISTENER = Listener()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    root = logging.getLogger()
    if LISTENER not in root.handlers:  # at first, and whenever logging was set up anew
        root.addHandler(LISTENER)
    LISTENER.heard.clear()
    yield
    assert LISTENER.heard == [], "a secret stands in a log"
