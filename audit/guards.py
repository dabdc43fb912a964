"""The log refuses every change but three: sealing a row, forgetting whom it is about, and dropping what was
archived. Where somebody took the guards away, the chain finds what was done then, and `verify_audit` that
they are gone.
"""

from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

from .append_only import NEVER, Guard, all_same

TABLE: Final = "audit_entry"
ANCHORS: Final = "audit_anchor"
REFUSAL: Final = "the audit log is only added to"

_STAYS: Final = (
    "id", "at", "action", "outcome", "reason", "actor_id", "target_type", "target_id", "request_id",
    "who_digest", "what_digest", "mac",
)  # fmt: skip
_FORGOTTEN_TOGETHER: Final = (
    ("actor_name", "address", "agent", "who_salt"),
    ("target_label", "metadata", "what_salt"),
)
_SEAL: Final = ("position", "digest", "signature")
_IS_ARCHIVED: Final = f"EXISTS (SELECT 1 FROM {ANCHORS} WHERE position >= OLD.position)"  # nosec B608


def _allowed_change(same: str) -> str:
    kept = [all_same(_STAYS, same)]
    for columns in _FORGOTTEN_TOGETHER:
        gone = " AND ".join(f"NEW.{column} IS NULL" for column in columns)
        kept.append(f"({all_same(columns, same)} OR ({gone}))")
    sealed_now = "(OLD.position IS NULL AND NEW.position IS NOT NULL AND NEW.digest IS NOT NULL)"
    kept.append(f"({all_same(_SEAL, same)} OR {sealed_now})")
    return " AND ".join(kept)


GUARDS: Final = (
    Guard(TABLE, REFUSAL, _allowed_change, _IS_ARCHIVED),
    Guard(ANCHORS, REFUSAL, lambda same: NEVER, NEVER),
)


def install(connection: BaseDatabaseWrapper) -> None:
    for guard in GUARDS:
        guard.install(connection)


def remove(connection: BaseDatabaseWrapper) -> None:
    for guard in GUARDS:
        guard.remove(connection)


def missing(connection: BaseDatabaseWrapper) -> set[str]:
    """The guards that are not there, or switched off."""
    expected = {name for guard in GUARDS for name in guard.names(connection.vendor)}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A') "
                "AND tgrelid IN (to_regclass(%s), to_regclass(%s))",
                [TABLE, ANCHORS],
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return expected - {name for (name,) in cursor.fetchall()}
