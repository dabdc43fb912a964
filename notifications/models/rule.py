"""What a person chose more narrowly, or more broadly, than for one category: rules, blocks and the preset."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """How closely somebody follows a place or a thread."""

    WATCHING = "watching", _("Watching")
    NORMAL = "normal", _("Normal")
    MUTED = "muted", _("Muted")


class Preset(models.TextChoices):
    """What holds for a person who chose nothing narrower. Nothing stored means NORMAL."""

    QUIET = "quiet", _("Quiet")
    NORMAL = "normal", _("Normal")
    EVERYTHING = "everything", _("Everything")


class DecidedBy(models.TextChoices):
    """Which rule let something through, or stopped it: the narrowest that has a word on it."""

    DEFAULT = "", _("what this site does by default")
    PRESET = "preset", _("the preset")
    CATEGORY = "category", _("the switch of the category")
    KIND = "kind", _("the choice for this kind")
    PLACE = "place", _("the choice for this group")
    THREAD = "thread", _("the choice for this post")
    WATCHED_PLACE = "watch_place", _("this group is watched")
    WATCHED_THREAD = "watch_thread", _("this post is watched")
    BLOCK = "block", _("whoever did it is blocked")


class RuleQuerySet(models.QuerySet["Rule"]):
    def of(self, user: Any) -> Self:
        return self.filter(user=user)

    def about_thread(self, target_type: str, target_id: int) -> Self:
        return self.filter(scope=Rule.Scope.THREAD, target_type=target_type, target_id=target_id)

    def about_place(self, place_id: int) -> Self:
        return self.filter(scope=Rule.Scope.PLACE, place_id=place_id)

    def about_kind(self, type_name: str) -> Self:
        return self.filter(scope=Rule.Scope.KIND, type=type_name)

    def watching(self) -> Self:
        return self.filter(level=Level.WATCHING)


class Rule(models.Model):
    """One person's choice for one thread, one place or one kind. No row means: nothing was chosen.

    The channels are three-valued: on, off, or NULL for what the next broader choice says.
    """

    class Scope(models.TextChoices):
        THREAD = "thread", _("a post")
        PLACE = "place", _("a group")
        KIND = "kind", _("a kind")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_rules"
    )
    scope = models.CharField(max_length=6, choices=Scope.choices)
    target_type = models.CharField(max_length=24, blank=True, default="")  # of a thread
    target_id = models.BigIntegerField(null=True, blank=True)
    place_id = models.BigIntegerField(null=True, blank=True)  # of a place: the group's id
    type = models.CharField(max_length=24, blank=True, default="")  # of a kind
    level = models.CharField(max_length=8, choices=Level.choices, blank=True, default="")  # not of kinds
    in_app = models.BooleanField(_("in the app"), null=True, blank=True)
    email = models.BooleanField(_("by email"), null=True, blank=True)
    push = models.BooleanField(_("by push"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = RuleQuerySet.as_manager()

    class Meta:
        constraints = [
            # Each of them also finds who chose something about a thing: an audience is told by them.
            models.UniqueConstraint(
                fields=["target_id", "target_type", "user"],
                name="ntf_rule_thread_once",
                condition=Q(scope="thread"),
            ),
            models.UniqueConstraint(
                fields=["place_id", "user"], name="ntf_rule_place_once", condition=Q(scope="place")
            ),
            models.UniqueConstraint(
                fields=["type", "user"], name="ntf_rule_kind_once", condition=Q(scope="kind")
            ),
            models.CheckConstraint(
                condition=Q(scope="thread", target_id__isnull=False)
                | Q(scope="place", place_id__isnull=False)
                | Q(scope="kind", level=""),
                name="ntf_rule_about_something",
            ),
        ]

    def __str__(self) -> str:
        about = {"thread": f"{self.target_type} {self.target_id}", "place": f"group {self.place_id}"}
        return f"{self.user}: {about.get(self.scope, self.type)}"


class PresetChoice(models.Model):
    """The preset of a person who chose another than NORMAL."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="notification_preset",
    )
    preset = models.CharField(max_length=10, choices=Preset.choices)

    def __str__(self) -> str:
        return f"{self.user}: {self.preset}"


class Block(models.Model):
    """Nothing that `blocked` does reaches `user`, but what they say for the whole site. They are not told."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="blocks"
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "blocked"], name="ntf_block_once")]
        indexes = [models.Index(fields=["blocked", "user"], name="ntf_block_audience")]

    def __str__(self) -> str:
        return f"{self.user} blocked {self.blocked}"
