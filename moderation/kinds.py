"""What the moderation tells: whom a decision concerns, those who flagged, and those who review."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from community.engagement.contents import place_of
from notifications.kinds import Content, Fact, Kind, Words, register
from notifications.mailings import Copy, Mailing, Reader
from notifications.models import Category, Delivery, Event, Notification
from notifications.sql import among

from .mails import suspension_mail
from .models import Case, Decision
from .permissions import reviewers_of
from .subjects import Type

Action = Decision.Action


class _OfADecision(Kind):
    """It says what was decided, and never who did."""

    icon = "scale"
    anonymous = True
    own_words = True
    read_on_visit = False

    def target(self, obj: Decision) -> tuple[str, int]:
        return "decision", obj.pk

    def place_id(self, obj: Decision) -> int | None:
        return obj.case.group_id

    def actor_id(self, obj: Decision) -> int | None:
        return None

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        found = Decision.objects.filter(pk__in=among({fact.target_id for fact in facts}))
        there = set(found.values_list("pk", flat=True))
        return {fact.id: Event.Outcome.GONE for fact in facts if fact.target_id not in there}


class _OfOnesOwn(_OfADecision):
    category = Category.ACCOUNT
    steered = False
    reason = gettext_lazy("Because it concerns you")
    discreet = gettext_lazy("There is a decision about you in a private group")
    button = gettext_lazy("Read it")

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        found = Decision.objects.concerning(user).in_bulk({row.target_id for row in notifications})
        return {
            row.pk: self.content(decision) for row in notifications if (decision := found.get(row.target_id))
        }

    def content(self, decision: Decision) -> Content:
        case, said = decision.case, self.said(decision)
        words = Words(said, format_html("<p>{}</p>", said))
        filed = place_of(case.group) if case.group else {}
        return Content(
            thing=case.title, url=decision.get_absolute_url(), said=said, words=words, extra={}, **filed
        )

    def said(self, decision: Decision) -> str:
        raise NotImplementedError

    def example(self, reader: Any) -> Content:
        case = Case(title=_("Seedlings to give away"))
        decision = Decision(pk=0, case=case, action=Action.HIDE, words=_("It is an advertisement."))
        decision.answer = _("You are right, it is none.")
        return self.content(decision)


class Moderated(_OfOnesOwn):
    type = "MODERATION"
    label = gettext_lazy("Something of yours was looked at and decided about")
    sentence = gettext_lazy("There is a decision about %(thing)s")

    def key(self, obj: Decision, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.pk}"

    def recipients(self, obj: Decision) -> Iterable[int]:
        """Whoever is suspended cannot read it here: they get a mail of its own."""
        is_told = bool(obj.withheld) if obj.action == Action.DISMISS else obj.action != Action.SUSPEND
        return [obj.case.person_id] if is_told and obj.case.person_id else []

    def said(self, decision: Decision) -> str:
        return f"{what_was_done(decision)} {decision.words}".strip()


class AppealAnswered(_OfOnesOwn):
    type = "APPEAL"
    label = gettext_lazy("You asked to look at a decision again, and somebody did")
    sentence = gettext_lazy("Somebody looked again at the decision about %(thing)s")

    def key(self, obj: Decision, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.pk}"

    def recipients(self, obj: Decision) -> Iterable[int]:
        return [obj.case.person_id] if obj.case.person_id else []

    def said(self, decision: Decision) -> str:
        return decision.answer


class FlagAnswered(_OfADecision):
    """Without a word of what was flagged, which its flagger may not see any more."""

    type = "FLAG_ANSWERED"
    label = gettext_lazy("Somebody looked at what you flagged")
    sentence = gettext_lazy("Somebody looked at what you flagged")
    sentences: ClassVar = {
        Type.POST: gettext_lazy("Somebody looked at the post that you flagged"),
        Type.COMMENT: gettext_lazy("Somebody looked at the comment that you flagged"),
        Type.PROFILE: gettext_lazy("Somebody looked at the profile that you flagged"),
        Type.GROUP: gettext_lazy("Somebody looked at the group that you flagged"),
    }
    reason = gettext_lazy("Because you flagged it")
    button = gettext_lazy("What you flagged")
    icon = "flag"

    def key(self, obj: Decision, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.pk}:{recipient_id}"

    def recipients(self, obj: Decision) -> Iterable[int]:
        flaggers = obj.case.flags.exclude(flagger=None).exclude(flagger=obj.by_id)
        return flaggers.values_list("flagger_id", flat=True)

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        flagged = Decision.objects.filter(case__flags__flagger=user).select_related("case")
        found = flagged.in_bulk({row.target_id for row in notifications})
        return {row.pk: _thanks(one) for row in notifications if (one := found.get(row.target_id))}

    def example(self, reader: Any) -> Content:
        return _thanks(Decision(action=Action.HIDE, case=Case(target_type="post")))


class ReviewWanted(Kind):
    """Something waits for those who review it: it was flagged, escalated, or somebody asks to look again."""

    type = "REVIEW"
    label = gettext_lazy("Something was flagged where you look after things")
    sentence = gettext_lazy("%(thing)s was flagged and waits for you")
    discreet = gettext_lazy("Something was flagged in a private group that you look after")
    asks_again = gettext_lazy("Somebody asks to look again at the decision about %(thing)s")
    reason = gettext_lazy("Because you review what is flagged")
    button = gettext_lazy("Look at it")
    icon = "flag"
    priority = Notification.Priority.NEEDS_YOU
    anonymous = True
    read_on_visit = False

    def target(self, obj: Case) -> tuple[str, int]:
        return "case", obj.pk

    def place_id(self, obj: Case) -> int | None:
        return obj.group_id

    def actor_id(self, obj: Case) -> int | None:
        return None

    def recipients(self, obj: Case) -> Iterable[int]:
        return reviewers_of(obj).values_list("pk", flat=True)

    def key(self, obj: Case, recipient_id: int | None) -> str:
        """Again with each escalation, and with an appeal."""
        when = "appeal" if obj.closed_at else obj.due_at.isoformat()
        return f"{self.type}:{obj.pk}:{when}:{recipient_id}"

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        cases = {case.pk: case for case in _waiting().filter(pk__in=among({f.target_id for f in facts}))}
        reviewers = {pk: set(reviewers_of(case).values_list("pk", flat=True)) for pk, case in cases.items()}
        refused = {fact.id: Event.Outcome.GONE for fact in facts if fact.target_id not in cases}
        return refused | {
            fact.id: Event.Outcome.HIDDEN
            for fact in facts
            if fact.target_id in cases and fact.recipient_id not in reviewers[fact.target_id]
        }

    def contents(self, notifications: Sequence[Notification], user: Any) -> Mapping[int, Content]:
        mine = _waiting().reviewable_by(user).select_related("group")
        found = mine.in_bulk({row.target_id for row in notifications})
        return {row.pk: self._content(case) for row in notifications if (case := found.get(row.target_id))}

    def example(self, reader: Any) -> Content:
        return self._content(Case(pk=0, title=_("Seedlings to give away")))

    def _content(self, case: Case) -> Content:
        filed = place_of(case.group) if case.group else {}
        extra = {"sentence": self.asks_again} if case.closed_at else {}
        return Content(thing=case.title, url=case.get_absolute_url(), extra=extra, **filed)


class Suspended(Mailing):
    """To whoever cannot sign in any more: why, until when, and the way to appeal. Again with its answer."""

    type = "SUSPENDED"
    label = gettext_lazy("Your account is suspended")
    sentence = gettext_lazy("Your account is suspended")
    reason = gettext_lazy("Because it concerns you")
    icon = "scale"
    channel = "email"
    priority = Notification.Priority.NEEDS_YOU
    outlives_complaint = True

    def target(self, obj: Decision) -> tuple[str, int]:
        return "decision", obj.pk

    def actor_id(self, obj: Decision) -> int | None:
        return None

    def key(self, obj: Decision, recipient_id: int | None) -> str:
        return f"{self.type}:{obj.pk}{':answer' if obj.answered_at else ''}"

    def copies(self, event: Event, *, after: int, limit: int) -> Sequence[Copy]:
        people = User.objects.filter(cases__decision=event.target_id, pk__gt=after)
        return [Copy(user.pk, user.email.lower(), user.pk) for user in people]

    def reader(self, event: Event, delivery: Delivery) -> Reader | Delivery.Reason:
        decision = Decision.objects.suspending().filter(pk=event.target_id)
        found = User.objects.filter(cases__decision__in=decision).first()
        if found is None:
            return Delivery.Reason.GONE
        return Reader(found.email, found.language, found.time_zone)

    def write(self, delivery: Delivery, event: Event, reader: Reader) -> EmailMultiAlternatives:
        decision = Decision.objects.select_related("case").get(pk=event.target_id)
        mail_id = f"{delivery.channel}.{event.pk}.{delivery.pk}"
        return suspension_mail(decision, to=reader.email, mail_id=mail_id)


def what_was_done(decision: Decision) -> str:
    if decision.action == Action.DISMISS:
        return _("It is shown now.")
    done = {
        Action.HIDE: _("It is hidden from others."),
        Action.REMOVE: _("It was removed."),
        Action.WARN: _("This is a warning."),
        Action.SUSPEND: _("Your account is suspended."),
    }[Action(decision.action)]
    also = decision.withheld and decision.action in (Action.WARN, Action.SUSPEND)
    return f"{done} {_('It is hidden from others.')}" if also else done


def _waiting() -> Any:
    return Case.objects.open() | Case.objects.appealed()


def _thanks(decision: Decision) -> Content:
    acted = decision.action != Action.DISMISS
    said = _("Thank you. We acted on it.") if acted else _("Thank you. We found nothing wrong with it.")
    words = Words(said, format_html("<p>{}</p>", said))
    thing = str(decision.case.get_target_type_display())
    sentence = FlagAnswered.sentences[Type(decision.case.target_type)]
    return Content(thing=thing, url=reverse("my-flags"), said=said, words=words, extra={"sentence": sentence})


MODERATED, APPEAL_ANSWERED, FLAG_ANSWERED = Moderated(), AppealAnswered(), FlagAnswered()
REVIEW, SUSPENDED = ReviewWanted(), Suspended()


def register_all() -> None:
    for kind in (MODERATED, APPEAL_ANSWERED, FLAG_ANSWERED, REVIEW, SUSPENDED):
        register(kind)
