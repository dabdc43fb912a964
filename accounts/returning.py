"""Coming back in: every app that keeps somebody out says whether it still does."""

from collections.abc import Callable

from .models import User

_holds: list[Callable[[User], bool]] = []


def register(holds: Callable[[User], bool]) -> None:
    _holds.append(holds)


def let_back(user: User) -> bool:
    """In the caller's transaction, when one reason is over: they come in again unless another holds."""
    if any(holds(user) for holds in _holds):
        return False
    user.is_active = True
    user.save(update_fields=["is_active"])
    return True
