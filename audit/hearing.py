"""What Django, allauth and the administration say when it happens, written down.

Where they speak in a transaction, the row is in it. The pages of allauth save step by step without one: a
sign-in is recorded before its session is kept, so that nobody is in of whom the log knows nothing.
"""

import hashlib
import hmac
import json
from typing import Any

from allauth.account import signals as account
from django.apps import apps
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import Signal

from notifications.happenings import operated

from . import actions, chain
from .actions import DONE, REFUSED, Action
from .requests import served
from .writing import write

_OF_ADMIN = {
    ADDITION: actions.ADMIN_ADDED,
    CHANGE: actions.ADMIN_CHANGED,
    DELETION: actions.ADMIN_DELETED,
}


def connect() -> None:
    _hear(user_logged_in, signed_in)
    _hear(user_logged_out, signed_out)
    _hear(user_login_failed, sign_in_failed)
    _hear(operated, operated_by_hand)
    post_save.connect(admin_logged, sender=LogEntry, dispatch_uid="audit.admin_logged")
    for signal, action in (
        (account.user_signed_up, actions.SIGN_UP),
        (account.email_added, actions.EMAIL_ADDED),
        (account.email_removed, actions.EMAIL_REMOVED),
        (account.email_confirmed, actions.EMAIL_CONFIRMED),
    ):
        _hear(signal, _own(action), name=action.name)
    _hear(account.email_changed, email_changed)
    for signal, action in (
        (account.login_code_rejected, actions.SIGN_IN),
        (account.password_reset_code_rejected, actions.PASSWORD_RESET),
        (account.email_verification_code_rejected, actions.EMAIL_CONFIRMED),
    ):
        _hear(signal, _refused(action, "code"), name=f"{action.name}_refused")
    if apps.is_installed("allauth.mfa"):
        _connect_second_factors()
    if apps.is_installed("allauth.usersessions"):
        from allauth.usersessions.signals import session_client_changed

        _hear(session_client_changed, client_changed)


def signed_in(user: Any, request: Any = None, **kwargs: Any) -> None:
    _write(actions.SIGN_IN, user, request, **_ways(request))


def signed_out(user: Any, request: Any = None, **kwargs: Any) -> None:
    if user is not None:
        _write(actions.SIGN_OUT, user, request)


def email_changed(user: Any, from_email_address: Any, request: Any = None, **kwargs: Any) -> None:
    """The first address of an account changes nothing: that it was confirmed is told by itself."""
    if from_email_address is not None:
        _write(actions.EMAIL_CHANGED, user, request)


def sign_in_failed(credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    """Against an account, where there is one of that name; nobody has proven to be its owner.

    What names none is kept as a mark, by which attempts at the same one are known: people type their
    password where their name belongs.
    """
    name = str(credentials.get("email") or credentials.get("username") or "").strip()[:254]
    account = get_user_model().objects.filter(Q(email__iexact=name) | Q(username__iexact=name)).first()
    mark = {} if account else {"tried": _mark(name)}
    write(
        actions.SIGN_IN, actor=None, target=account or ("user", "", ""), outcome=REFUSED,
        reason="credentials", request=request, metadata=mark,
    )  # fmt: skip


def admin_logged(instance: LogEntry, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Django's own log of the administration, which has no address, and which anybody may delete."""
    if created and not raw:
        _write_admin(instance)


def operated_by_hand(
    request: Any, model: Any, operation: str, ids: list[Any], count: int, words: str = "", **kwargs: Any
) -> None:
    write(
        actions.ADMIN_OPERATED, actor=request.user, outcome=DONE, reason=operation, request=request,
        target=(model._meta.model_name, ids[0] if len(ids) == 1 else "", model._meta.verbose_name_plural),
        metadata={"count": count, "ids": ids} | ({"words": words} if words else {}),
    )  # fmt: skip


def client_changed(request: Any, to_session: Any, **kwargs: Any) -> None:
    _write(actions.CLIENT_CHANGED, to_session.user, request)


def _connect_second_factors() -> None:
    from allauth.mfa import signals as mfa

    def told(action: Action) -> Any:
        def hear(user: Any, authenticator: Any, request: Any = None, **kwargs: Any) -> None:
            _write(action, user, request, type=str(authenticator.type))

        return hear

    _hear(mfa.authenticator_added, told(actions.SECOND_FACTOR_ADDED), name="second_factor_added")
    _hear(mfa.authenticator_removed, told(actions.SECOND_FACTOR_REMOVED), name="second_factor_removed")
    _hear(mfa.authenticator_reset, told(actions.SECOND_FACTOR_RESET), name="second_factor_reset")
    _hear(mfa.authentication_failed, _refused(actions.SIGN_IN, "second factor"), name="second_factor_failed")


def _hear(signal: Signal, receiver: Any, *, name: str = "") -> None:
    signal.connect(receiver, weak=False, dispatch_uid=f"audit.{name or receiver.__name__}")


def _own(action: Action) -> Any:
    """Of what somebody did to their own account."""

    def hear(request: Any = None, user: Any = None, email_address: Any = None, **kwargs: Any) -> None:
        _write(action, user or email_address.user, request)

    return hear


def _refused(action: Action, reason: str) -> Any:
    def hear(user: Any = None, request: Any = None, **kwargs: Any) -> None:
        write(
            action, actor=None, target=user or ("user", "", ""), outcome=REFUSED, reason=reason,
            request=request, metadata={},
        )  # fmt: skip

    return hear


def _write(action: Action, user: Any, request: Any, **metadata: Any) -> None:
    write(action, actor=user, target=user, outcome=DONE, reason="", request=request, metadata=metadata)


def _write_admin(entry: LogEntry) -> None:
    kind = entry.content_type.model if entry.content_type else ""
    here = served()
    asking = getattr(here.request, "user", None) if here else None
    actor = asking if asking and asking.pk == entry.user_id else entry.user
    write(
        _OF_ADMIN[entry.action_flag], actor=actor, outcome=DONE, reason="", request=None,
        target=(kind, entry.object_id or "", entry.object_repr), metadata=_fields_of(entry),
    )  # fmt: skip


def _fields_of(entry: LogEntry) -> dict[str, Any]:
    """The names of what was changed; Django keeps no values."""
    try:
        said = json.loads(entry.change_message or "[]")
    except ValueError:
        return {"said": entry.change_message}
    fields = [
        field
        for part in said
        if isinstance(part, dict)
        for how in part.values()
        for field in how.get("fields", ())
    ]
    return {"fields": fields} if fields else {}


def _ways(request: Any) -> dict[str, Any]:
    """By what, where allauth kept it: password, code, passkey and so on."""
    session = getattr(request, "session", None)
    records = session.get("account_authentication_methods", ()) if session is not None else ()
    ways = [str(record.get("type") or record.get("method")) for record in records if isinstance(record, dict)]
    return {"by": ways} if ways else {}


def _mark(name: str) -> str:
    return hmac.new(chain.signing_keys()[0], b"tried" + name.casefold().encode(), hashlib.sha256).hexdigest()[
        :16
    ]
