"""The newsletter of the site: who gets it, and its editions."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community.models import Group
from community.publishing.models import Publication

CONTENT_LENGTH = 50_000
ADDRESS_LENGTH = 254


class Segment(models.TextChoices):
    EVERYBODY = "everybody", _("All subscribers")
    GROUP = "group", _("Subscribers who are members of one group")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def current(self) -> Self:
        """Who agreed and did not end it."""
        return self.filter(confirmed_at__isnull=False, ended_at=None)

    def waiting(self) -> Self:
        """Asked for by a form, and not confirmed (again) yet."""
        return self.filter(Q(confirmed_at=None) | Q(ended_at__isnull=False), asked_at__isnull=False)


class Subscriber(models.Model):
    """An address that wants the newsletter, or a member who does, by the address of their account.

    Who ended it stays as a row that says so, and no list that somebody imports brings them back.
    """

    class Source(models.TextChoices):
        MEMBER = "member", _("chosen by a member")
        FORM = "form", _("by the form, and confirmed")
        IMPORT = "import", _("imported by the staff")

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    # Without an account. In small letters, since it is compared; mail servers that ask for the case are gone.
    address = models.CharField(_("address"), max_length=ADDRESS_LENGTH, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    source = models.CharField(_("how"), max_length=6, choices=Source.choices)
    created_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(
        null=True, blank=True
    )  # when the form was last sent, until it is confirmed
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(  # the edition whose link was followed
        "Edition", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["address"], name="newsletter_address_once", condition=~Q(address="")
            ),
            models.CheckConstraint(
                condition=Q(user=None, address__gt="") | Q(user__isnull=False, address=""),
                name="newsletter_member_or_address",
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="newsletter_subscribers_newest")]

    def __str__(self) -> str:
        return str(self.user) if self.user else self.address

    @property
    def is_current(self) -> bool:
        return self.confirmed_at is not None and self.ended_at is None


class EditionQuerySet(models.QuerySet["Edition"]):
    def started(self) -> Self:
        return self.filter(starts_at__lte=timezone.now())

    def readable_by(self, user: User | AnonymousUser) -> Self:
        """On the site: what went to all, for everybody; what went to a group, for whoever may see that."""
        if not isinstance(user, User) or not user.is_active:
            return self.started().filter(segment=Segment.EVERYBODY)
        groups = Group.objects.visible_to(user)
        there = self.filter(Q(segment=Segment.EVERYBODY) | Q(group__in=groups))
        return there if user.is_staff else there.started()

    def managed_by(self, user: User | AnonymousUser) -> Self:
        """All for staff; of private groups those that they are in, like all that is there."""
        if not (isinstance(user, User) and user.is_active and user.is_staff):
            return self.none()
        return self.filter(
            Q(segment=Segment.EVERYBODY) | Q(group__in=Group.objects.visible_to(user)) | Q(author=user)
        )

    def for_display(self) -> Self:
        return self.select_related("author", "group")


class Edition(Publication):
    """One mailing: a draft until it is confirmed, sent from `starts_at` on; `tally` is what became of it."""

    content = models.TextField(_("text"), max_length=CONTENT_LENGTH)
    segment = models.CharField(_("for whom"), max_length=10, choices=Segment.choices)
    # State and reason → how many copies, once all have ended: the copies themselves are not kept for ever.
    tally = models.JSONField(null=True, blank=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(segment="group", group__isnull=False) | Q(segment="everybody", group=None),
                name="newsletter_group_of_segment",
            )
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="newsletter_editions_newest")]

    def get_absolute_url(self) -> str:
        return reverse("edition", args=[self.pk])

    @property
    def keeps_words(self) -> bool:
        """Whether its mails say only that it is there: a private group keeps its words to itself."""
        return self.group is not None and self.group.keeps_words
