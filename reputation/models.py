"""What somebody's acts brought them: the ledger, the total that is kept of it, and badges."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import Comment, Post

from . import rules
from .rules import Cause

OF_POSTS = (Cause.POST, Cause.THANKS)
OF_COMMENTS = (Cause.COMMENT, Cause.WELCOME)


class EntryQuerySet(models.QuerySet["Entry"]):
    def open(self) -> Self:
        """What counts: neither taken back, nor the taking back of another."""
        taken_back = Entry.objects.filter(reverses=OuterRef("pk"))
        return self.filter(~Exists(taken_back), reverses=None)

    def of(self, person: User) -> Self:
        return self.filter(person_id=person.pk)

    def visible_to(self, viewer: User | AnonymousUser) -> Self:
        """Those about things that `viewer` may see now."""
        posts = Post.objects.visible_to(viewer).filter(pk=OuterRef("thing_id"))
        comments = Comment.objects.visible_to(viewer).present().filter(pk=OuterRef("thing_id"))
        of_post = Q(cause__in=OF_POSTS) & Exists(posts)
        of_comment = Q(cause__in=OF_COMMENTS) & Exists(comments)
        return self.filter(of_post | of_comment)


class Entry(models.Model):
    """Points for one cause, or the taking back of an entry. Rows are added, and never changed or deleted.

    Triggers (guards.py) refuse every change but one: when the person is gone, the row may forget them, and
    then go. A fact that is undone and done again counts again, in its next `round`.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    cause = models.CharField(_("cause"), max_length=12, choices=Cause.choices)
    thing_id = models.BigIntegerField(_("post or comment"))
    other_id = models.BigIntegerField(_("other person"), default=0)  # who thanked, or was welcomed; 0
    round = models.PositiveIntegerField(_("round"), default=1)
    points = models.SmallIntegerField(_("points"))
    happened_at = models.DateTimeField(_("happened"))
    local_date = models.DateField(_("on the person's day"))
    reverses = models.ForeignKey(
        "self",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
    )
    written_at = models.DateTimeField(_("written"), default=timezone.now)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "thing_id", "other_id", "round"],
                condition=Q(reverses=None),
                name="reputation_cause_once",
            ),
            # Of the few that are reversals: an index of all lures SQLite into reading every row that is none.
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="reputation_reversed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="reputation_entry_person"),
            models.Index(fields=["person", "cause", "happened_at"], name="reputation_entry_day"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d} {self.cause} {self.thing_id}"


class Standing(models.Model):
    """What is kept of the ledger for each person; `total` changes in the transaction of the rows it sums."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    total = models.IntegerField(_("points"), default=0)
    is_hidden = models.BooleanField(_("hidden from others"), default=False)

    class Meta:
        verbose_name = _("standing")
        verbose_name_plural = _("standings")

    def __str__(self) -> str:
        return f"{self.person}: {self.total}"


class Award(models.Model):
    """A badge that somebody has. It goes when what earned it is undone."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    badge = models.CharField(_("badge"), max_length=24)
    earned_at = models.DateTimeField(_("earned"))

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        constraints = [models.UniqueConstraint(fields=["person", "badge"], name="reputation_badge_once")]

    def __str__(self) -> str:
        return f"{self.badge}: {self.person}"

    @property
    def rule(self) -> rules.Badge | None:
        """None for a badge that this version does not know."""
        return rules.BADGES.get(self.badge)
