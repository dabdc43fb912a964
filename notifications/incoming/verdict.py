"""What a mail server is told about a message that it passed on, in the numbers of sysexits.h."""

import os
from collections.abc import Callable
from typing import NamedTuple

from .letter import Letter

TAKEN = os.EX_OK  # also where it was refused and its writer hears of that from us, or nobody should
MALFORMED = os.EX_DATAERR
NOBODY = os.EX_NOUSER
REFUSED = os.EX_NOPERM
TRY_AGAIN = os.EX_TEMPFAIL


class Verdict(NamedTuple):
    code: int
    words: str


Handler = Callable[[Letter, str], Verdict | None]  # None: the address is not one of its own
