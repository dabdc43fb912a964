"""Groups, and who belongs to them."""

from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .withholding import Withheld, shown_to, withheld_field

CARETAKERS = ("owner", "moderator")  # of GroupMembership.Role


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public groups, and the private ones that `user` belongs to."""
        return self.shown_to(user).filter(
            Q(is_private=False) | Q(pk__in=GroupMembership.objects.active().of(user).values("group_id"))
        )

    def shown_to(self, user: User | AnonymousUser) -> Self:
        """Without what the moderation keeps from them."""
        looked_after = GroupMembership.objects.caretakers().of(user).values("group_id")
        return self.filter(shown_to(user, looked_after, group="pk"))

    def joined_by(self, user: User | AnonymousUser) -> Self:
        mine = GroupMembership.objects.active().of(user)
        return self.shown_to(user).filter(pk__in=mine.values("group_id"))

    def looked_after_by(self, user: User | AnonymousUser) -> Self:
        return self.filter(pk__in=GroupMembership.objects.caretakers().of(user).values("group_id"))

    def with_members_count(self) -> Self:
        """Adds `members_count`: how many active members each group has."""
        return self.annotate(
            members_count=models.Count(
                "memberships", filter=Q(memberships__status=GroupMembership.Status.ACTIVE)
            )
        )

    def after(self, last: "Group | None") -> Self:
        """Those that follow this one by name; all for None."""
        if last is None:
            return self
        return self.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))


class Group(models.Model):
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=500, blank=True)
    is_private = models.BooleanField(
        _("private"), default=False, help_text=_("Only members can find it and read what is in it.")
    )
    words_in_mail = models.BooleanField(
        _("show in emails what is written here"),
        default=False,
        db_default=False,
        help_text=_(
            "Of a private group: without it an email says that something happened, and not what. "
            "What was mailed once stays with whoever got it, also when they leave."
        ),
    )
    withheld = withheld_field()
    created_at = models.DateTimeField(default=timezone.now)

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.slug])

    @property
    def keeps_words(self) -> bool:
        """Whether nothing that is written here may leave the site: neither words nor names."""
        return self.is_private and not (self.words_in_mail and settings.PRIVATE_WORDS_IN_MAIL)

    @property
    def color_index(self) -> int:
        """Which of the seven earth tones marks this group (0 to 6)."""
        return (self.pk or 0) % 7


class GroupMembershipQuerySet(models.QuerySet["GroupMembership"]):
    def active(self) -> Self:
        return self.filter(status=GroupMembership.Status.ACTIVE)

    def requested(self) -> Self:
        return self.filter(status=GroupMembership.Status.REQUESTED)

    def of(self, user: User | AnonymousUser) -> Self:
        return self.filter(user_id=user.pk) if user.pk else self.none()

    def open_to(self, user: User | AnonymousUser) -> Self:
        """Those of `user`, in groups that the moderation has not closed to them."""
        mine = self.active().of(user)
        if user.is_staff:
            return mine.exclude(group__withheld=Withheld.REMOVED)
        caretaker = Q(role__in=CARETAKERS) & ~Q(group__withheld=Withheld.REMOVED)
        return mine.filter(Q(group__withheld="") | caretaker)

    def caretakers(self) -> Self:
        """The people who look after the group: its owner and moderators."""
        return self.active().filter(role__in=CARETAKERS)

    def by_role(self) -> Self:
        """The owner, the moderators, the members; each in the order of their coming."""
        rank = models.Case(
            models.When(role=GroupMembership.Role.OWNER, then=0),
            models.When(role=GroupMembership.Role.MODERATOR, then=1),
            default=2,
        )
        return self.order_by(rank, "pk")


class GroupMembership(models.Model):
    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        MODERATOR = "moderator", _("moderator")
        MEMBER = "member", _("member")

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        REQUESTED = "requested", _("requested")

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = GroupMembershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="community_membership_once")]
        indexes = [
            # Serves "is this person in it", the member list, and the keyset over a large audience.
            models.Index(fields=["group", "status", "user"], name="community_membership_members"),
            # Who looks after a group, whom every joiner is told to: without reading all its members.
            models.Index(fields=["group", "role"], name="community_membership_roles"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.group} ({self.role}, {self.status})"
