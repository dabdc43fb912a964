"""The ledger refuses every change but forgetting whose a row was, and then deleting it."""

from typing import Final

from audit.append_only import Guard, all_same

TABLE: Final = "reputation_entry"
REFUSAL: Final = "the ledger of points is only added to"
_STAYS: Final = (
    "id", "cause", "thing_id", "other_id", "round", "points", "happened_at", "local_date", "reverses_id",
    "written_at",
)  # fmt: skip


def _forgets(same: str) -> str:
    return f"{all_same(_STAYS, same)} AND NEW.person_id IS NULL"


GUARD: Final = Guard(TABLE, REFUSAL, _forgets, "OLD.person_id IS NULL", refuses_truncation=False)
install, remove = GUARD.install, GUARD.remove
