"""What members flagged, the cases that come of it, and what was decided."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import Group, GroupMembership, Withheld

from .reasons import Reason, Severity
from .subjects import Type

PATTERN_LENGTH = 100
WORDS_LENGTH = 500  # of a flag, of a reason, of an appeal
SAID_LENGTH = 2_000  # of what was flagged, as it was then


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def reviewable_by(self, user: User | AnonymousUser) -> Self:
        """Staff: all but what the caretakers of a private group still have. Caretakers: what is in their
        groups, but for the group itself and for what one of them wrote. Nobody: what concerns themselves."""
        if not (user.pk and user.is_active):
            return self.none()
        groups = GroupMembership.objects.caretakers().of(user).values("group_id")
        theirs = Q(group_id__in=groups, for_staff=False)
        if user.is_staff:
            theirs |= Q(group__is_private=False) | Q(escalated_at__isnull=False)
        return self.filter(theirs).exclude(person_id=user.pk)

    def appealed(self) -> Self:
        """Somebody asks to look again, and nobody has answered."""
        return self.filter(decision__appealed_at__isnull=False, decision__answered_at=None)

    def most_urgent_first(self) -> Self:
        return self.order_by("due_at", "pk")

    def for_display(self) -> Self:
        return self.select_related("person", "group", "owner", "decision__by")


class Case(models.Model):
    """The flags of one thing, until somebody decides. One is open for a thing; a later flag opens another."""

    target_type = models.CharField(_("what"), max_length=8, choices=Type.choices)
    target_id = models.BigIntegerField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="cases", null=True, blank=True
    )
    group = models.ForeignKey(Group, on_delete=models.SET_NULL, related_name="cases", null=True, blank=True)
    title = models.CharField(_("title"), max_length=160)
    said = models.TextField(_("as it was when it was flagged"), max_length=SAID_LENGTH, blank=True)
    severity = models.PositiveSmallIntegerField(_("how urgent"), choices=Severity.choices)
    flags_count = models.PositiveIntegerField(_("flags"), default=0)
    for_staff = models.BooleanField(_("for staff alone"), default=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    due_at = models.DateTimeField(_("due"))
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target_type", "target_id"],
                condition=Q(closed_at=None),
                name="moderation_one_open_case",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], name="moderation_case_due", condition=Q(closed_at=None)),
            models.Index(fields=["-created_at", "-id"], name="moderation_case_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.target_type} {self.target_id}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("case", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_overdue(self, now: datetime | None = None) -> bool:
        return self.is_open and self.due_at <= (now or timezone.now())

    @property
    def subject_key(self) -> tuple[str, int]:
        return self.target_type, self.target_id


class Flag(models.Model):
    """Who flagged is known to those who review, and never to whom it concerns."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="flags")
    flagger = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="flags", null=True, blank=True
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    words = models.CharField(_("in words"), max_length=WORDS_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "flagger"], name="moderation_one_flag_each")]
        indexes = [models.Index(fields=["flagger", "-created_at"], name="moderation_flag_newest")]

    def __str__(self) -> str:
        return f"{self.reason} on case {self.case_id}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def concerning(self, user: User) -> Self:
        """What `user` is told of: not that others flagged something and nothing was wrong with it."""
        told = ~Q(action=Decision.Action.DISMISS) | Q(withheld=Withheld.HELD)
        return self.filter(told, case__person=user).select_related("case__group")

    def suspending(self) -> Self:
        return self.filter(action=Decision.Action.SUSPEND, lifted_at=None)


class Decision(models.Model):
    """What became of a case. The first one holds: a case has one."""

    class Action(models.TextChoices):
        DISMISS = "dismiss", _("Nothing is wrong with it")
        HIDE = "hide", _("Hide it")
        REMOVE = "remove", _("Remove it")
        WARN = "warn", _("Warn the person")
        SUSPEND = "suspend", _("Suspend the person")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="decision")
    action = models.CharField(_("decision"), max_length=8, choices=Action.choices)
    words = models.CharField(_("reason"), max_length=WORDS_LENGTH, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    withheld = (
        models.CharField(  # what it did to the thing; of a dismissal: that it was held and is shown now
            max_length=8, choices=Withheld.choices, blank=True, default="", db_default=""
        )
    )
    until = models.DateTimeField(_("suspended until"), null=True, blank=True)  # none: for good
    lifted_at = models.DateTimeField(_("suspension over"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    appeal = models.CharField(_("appeal"), max_length=WORDS_LENGTH, blank=True, default="", db_default="")
    appealed_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=WORDS_LENGTH, blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    reversed_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.action} on case {self.case_id}"

    def get_absolute_url(self) -> str:
        return reverse("decision", args=[self.pk])

    @property
    def may_be_appealed(self) -> bool:
        return self.action != self.Action.DISMISS and self.appealed_at is None and self.reversed_at is None


class WordRule(models.Model):
    """What staff want to see coming. No expression that could take its time: see matching.py."""

    class Kind(models.TextChoices):
        WORD = "word", _("a word or words")
        DOMAIN = "domain", _("links to a domain")

    class Then(models.TextChoices):
        FLAG = "flag", _("show it, and flag it")
        HOLD = "hold", _("hold it until somebody has looked at it")
        REFUSE = "refuse", _("refuse it")

    kind = models.CharField(_("what to look for"), max_length=6, choices=Kind.choices)
    pattern = models.CharField(_("which"), max_length=PATTERN_LENGTH)
    then = models.CharField(_("what to do"), max_length=6, choices=Then.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "pattern"], name="moderation_rule_once")]
        ordering = ["pattern", "pk"]

    def __str__(self) -> str:
        return self.pattern


class Step(models.Model):
    """The history of a case, in order."""

    class What(models.TextChoices):
        OPENED = "opened", _("was flagged")
        FLAGGED = "flagged", _("was flagged again")
        TAKEN = "taken", _("took it")
        RELEASED = "released", _("gave it back")
        ESCALATED = "escalated", _("it went to the staff")
        DECIDED = "decided", _("decided")
        APPEALED = "appealed", _("asked to look again")
        UPHELD = "upheld", _("left it as decided")
        REVERSED = "reversed", _("took the decision back")
        LIFTED = "lifted", _("the suspension ended")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    words = models.CharField(max_length=WORDS_LENGTH, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.what} on case {self.case_id}"
