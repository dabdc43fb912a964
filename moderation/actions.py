"""Every write of the moderation, one function each: used by pages, API, administration and the schedule.

Each is one transaction, and doing it twice is doing it once. Finding what somebody may see is the
caller's part.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

import audit
from accounts.models import User
from community.actions.input import clean_text, one_at_a_time
from community.permissions import may_look_after
from notifications.models import Event
from notifications.service import NotificationService
from notifications.transactions import acting, dispatching

from .applying import apply, check, lift, undo
from .kinds import APPEAL_ANSWERED, FLAG_ANSWERED, MODERATED, REVIEW, SUSPENDED
from .matching import clean_pattern
from .models import PATTERN_LENGTH, SAID_LENGTH, WORDS_LENGTH, Case, Decision, Flag, Step, WordRule
from .permissions import may_answer, may_review
from .reasons import DUE_AFTER, FLAGGABLE, Reason, Severity
from .subjects import Subject, Type, subjects

Action, What = Decision.Action, Step.What
A_DAY = timedelta(days=1)
DECIDED = audit.register("moderation_decided", gettext_lazy("decided about what was flagged"))
APPEALED = audit.register("moderation_appealed", gettext_lazy("asked to look at a decision again"))
ANSWERED = audit.register("moderation_answered", gettext_lazy("answered whoever asked to look again"))
LIFTED = audit.register("moderation_lifted", gettext_lazy("a suspension ended"))
RULE_CHANGED = audit.register("moderation_rule", gettext_lazy("changed a rule of what may be written"))
ESCALATED = audit.register("moderation_escalated", gettext_lazy("handed what was flagged to the staff"))
TITLE_LENGTH = 160


class AlreadyDecidedError(Exception):
    """Somebody else was first; what they decided holds."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(str(decision))
        self.decision = decision


def flag(user: User, subject: Subject, reason: str, words: str = "", *, at: datetime | None = None) -> Flag:
    """Say that something is wrong with it; until somebody decides, saying it again is saying it once."""
    if reason not in FLAGGABLE:
        raise ValidationError({"reason": _("Choose what is wrong.")})
    words = clean_text("words", words, max_length=WORDS_LENGTH, required=reason == Reason.OTHER)
    if subject.person is not None and subject.person.pk == user.pk:
        raise PermissionDenied
    now = at or timezone.now()
    with acting():
        one_at_a_time(user)
        open_cases = Case.objects.open().filter(target_type=subject.type, target_id=subject.pk)
        given = Flag.objects.filter(flagger=user, case__in=open_cases).first()
        if given is not None:
            return given
        today = Flag.objects.filter(flagger=user, created_at__gt=now - A_DAY).count()
        if today >= settings.FLAGS_PER_DAY:
            raise ValidationError(_("You flagged a lot today. Go on tomorrow."))
        return gather(subject, Reason(reason), words, flagger=user, now=now)


def gather(
    subject: Subject, reason: Reason, words: str, *, flagger: User | None, now: datetime | None = None
) -> Flag:
    """Put a flag to the open case of its thing, or open one. In the caller's transaction."""
    now = now or timezone.now()
    case, is_new = _open_case(subject, reason, now)
    given, created = Flag.objects.get_or_create(
        case=case, flagger=flagger, defaults={"reason": reason, "words": words, "created_at": now}
    )
    if created:
        case.flags_count += 1
        case.severity = max(case.severity, reason.severity)
        case.due_at = min(case.due_at, now + DUE_AFTER[reason.severity])
        case.save(update_fields=["flags_count", "severity", "due_at"])
        _note(case, What.OPENED if is_new else What.FLAGGED, at=now)
        if is_new:
            NotificationService.emit(REVIEW, case)
    return given


def take(user: User, case: Case) -> Case:
    """Look after it oneself; somebody who has it already keeps it."""
    _check(user, case)
    with acting():
        if Case.objects.open().filter(pk=case.pk, owner=None).update(owner=user):
            _note(case, What.TAKEN, by=user)
    case.refresh_from_db()
    return case


def give_back(user: User, case: Case) -> Case:
    """Whoever has it lets it go; staff also take it from others."""
    _check(user, case)
    with acting():
        held = Case.objects.open().filter(pk=case.pk, owner__isnull=False)
        if (held if user.is_staff else held.filter(owner=user)).update(owner=None):
            _note(case, What.RELEASED, by=user)
    case.refresh_from_db()
    return case


def decide(
    user: User,
    case: Case,
    action: str,
    words: str = "",
    *,
    until: datetime | None = None,
    also_hide: bool = False,
    at: datetime | None = None,
) -> Decision:
    """`until`: of a suspension, none for good; `also_hide`: with a warning or a suspension.

    The first decision holds: raises AlreadyDecidedError, with it, for whoever comes second.
    """
    if action not in Action.values:
        raise ValidationError({"action": _("Choose what to do.")})
    words = clean_text("words", words, max_length=WORDS_LENGTH, required=action != Action.DISMISS)
    _check(user, case)
    check(user, case, action, until)
    now = at or timezone.now()
    with acting():
        if not Case.objects.open().filter(pk=case.pk).update(closed_at=now):
            raise AlreadyDecidedError(Decision.objects.select_related("by").get(case=case))
        case.closed_at = now
        decision = Decision.objects.create(
            case=case,
            action=action,
            words=words,
            by=user,
            until=until if action == Action.SUSPEND else None,
            created_at=now,
        )
        apply(decision, _subject(case), also_hide=also_hide)
        NotificationService.retract(Event.objects.about("case", case.pk))
        NotificationService.emit_all([(MODERATED, decision), (FLAG_ANSWERED, decision)])
        if action == Action.SUSPEND:
            NotificationService.emit(SUSPENDED, decision)
        _note(case, What.DECIDED, by=user, words=words, at=now)
        audit.record(DECIDED, actor=user, target=_target(case), decision=action, case=case.pk)
    return decision


def appeal(user: User, decision: Decision, words: str, *, at: datetime | None = None) -> Decision:
    """The person concerned asks once to look again; staff see it from then on."""
    words = clean_text("words", words, max_length=WORDS_LENGTH)
    if decision.case.person_id != user.pk:
        raise PermissionDenied
    now = at or timezone.now()
    with acting():
        open_to = Decision.objects.exclude(action=Action.DISMISS).filter(reversed_at=None, appealed_at=None)
        if not open_to.filter(pk=decision.pk).update(appeal=words, appealed_at=now):
            raise ValidationError(_("You asked already, or there is nothing to take back."))
        Case.objects.filter(pk=decision.case_id, escalated_at=None).update(escalated_at=now)
        case = Case.objects.get(pk=decision.case_id)
        _note(case, What.APPEALED, by=user, words=words, at=now)
        audit.record(APPEALED, actor=user, target=_target(case), case=case.pk)
        NotificationService.emit(REVIEW, case)
    decision.refresh_from_db()
    return decision


def answer_appeal(
    user: User, case: Case, *, take_back: bool, words: str, at: datetime | None = None
) -> Decision:
    """By somebody else than who decided, where there is somebody. The first answer holds."""
    words = clean_text("words", words, max_length=WORDS_LENGTH)
    if not may_answer(user, case):
        raise PermissionDenied
    now = at or timezone.now()
    ended = {"answer": words, "answered_at": now, "answered_by": user}
    with acting():
        asked = Decision.objects.filter(case=case, appealed_at__isnull=False, answered_at=None)
        if not (asked.exists() and asked.update(**ended, reversed_at=now if take_back else None)):
            raise ValidationError(_("Nobody waits for an answer any more."))
        decision = Decision.objects.select_related("case__person").get(case=case)
        if take_back:
            undo(decision, _subject(case), now)
        _note(case, What.REVERSED if take_back else What.UPHELD, by=user, words=words, at=now)
        audit.record(ANSWERED, actor=user, target=_target(case), case=case.pk, taken_back=take_back)
        NotificationService.retract(Event.objects.about("case", case.pk))
        NotificationService.emit(APPEAL_ANSWERED, decision)
        if decision.action == Action.SUSPEND and not take_back:
            NotificationService.emit(SUSPENDED, decision)
    return decision


def add_rule(user: User, *, kind: str, pattern: str, then: str) -> WordRule:
    """Of staff. The same again is the same rule, with what to do as it was said last."""
    if not user.is_staff:
        raise PermissionDenied
    pattern = clean_pattern(kind, clean_text("pattern", pattern, max_length=PATTERN_LENGTH))
    with acting():
        rule, _created = WordRule.objects.update_or_create(
            kind=kind, pattern=pattern, defaults={"then": then, "by": user}
        )
        audit.record(RULE_CHANGED, actor=user, target=rule, then=then)
    return rule


def remove_rule(user: User, rule: WordRule) -> None:
    if not user.is_staff:
        raise PermissionDenied
    with acting():
        audit.record(RULE_CHANGED, actor=user, target=rule, then="nothing")
        rule.delete()


def lift_due(now: datetime | None = None) -> int:
    """Suspensions whose time is over."""
    now = now or timezone.now()
    lifted = 0
    for decision in Decision.objects.suspending().filter(until__lte=now).select_related("case__person")[:100]:
        with dispatching():
            if lift(decision, now):
                lifted += 1
                _note(decision.case, What.LIFTED, at=now)
                audit.record(LIFTED, actor=None, target=decision.case.person, case=decision.case_id)
    return lifted


def escalate_due(now: datetime | None = None) -> int:
    """What nobody decided in time is all the staff's; and again, until somebody does."""
    now = now or timezone.now()
    due = Case.objects.open().filter(due_at__lte=now).order_by("due_at")[:100]
    with dispatching():
        cases = list(due.select_for_update())
        for case in cases:
            case.escalated_at, case.owner = now, None
            case.due_at = now + DUE_AFTER[Severity(case.severity)]
            case.save(update_fields=["escalated_at", "owner", "due_at"])
            _note(case, What.ESCALATED, at=now)
            audit.record(ESCALATED, actor=None, target=_target(case), case=case.pk)
            NotificationService.emit(REVIEW, case)
    return len(cases)


def _open_case(subject: Subject, reason: Reason, now: datetime) -> tuple[Case, bool]:
    """Locked, so that nobody decides it before the flag is in it."""
    group, person = subject.group, subject.person
    is_caretaker = group is not None and person is not None and may_look_after(person, group)
    for_staff = group is None or subject.type == Type.GROUP or is_caretaker
    cases = Case.objects.open().filter(target_type=subject.type, target_id=subject.pk)
    case, is_new = cases.get_or_create(
        target_type=subject.type,
        target_id=subject.pk,
        closed_at=None,
        defaults={
            "person": person,
            "group": group,
            "title": subject.title[:TITLE_LENGTH],
            "said": subject.words[:SAID_LENGTH],
            "severity": reason.severity,
            "for_staff": for_staff,
            "escalated_at": now if for_staff else None,
            "due_at": now + DUE_AFTER[reason.severity],
            "created_at": now,
        },
    )
    if is_new or not connection.features.has_select_for_update:
        return case, is_new
    locked = Case.objects.open().select_for_update().filter(pk=case.pk).first()
    return (locked, False) if locked is not None else _open_case(subject, reason, now)


def _subject(case: Case) -> Subject | None:
    return subjects([case.subject_key]).get(case.subject_key)


def _check(user: User, case: Case) -> None:
    if not may_review(user, case):
        raise PermissionDenied


def _target(case: Case) -> tuple[str, int, str]:
    """Without its words: the log outlives them."""
    return case.target_type, case.target_id, f"{case.target_type} {case.target_id}"


def _note(
    case: Case, what: Step.What, *, by: User | None = None, words: str = "", at: datetime | None = None
) -> None:
    Step.objects.create(case=case, what=what, by=by, words=words, created_at=at or timezone.now())
