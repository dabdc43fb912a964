"""What is kept of a person, model by model.

Every model of the project is either in `HELD` or, with its reason, in `NOT_OF_A_PERSON`, and every column
of a held one is in the file or, with its reason, in `kept_back`. A test sees to it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db.models import Model, Q, QuerySet

from accounts.models import User
from community.models import GroupMembership

SECRET = "a secret by which one comes in: whoever finds the file must not"  # nosec B105 # a reason
OTHERS = "who else had to do with it is theirs"
PROOF = "proves that the log was not changed, and says nothing of anybody"


@dataclass(frozen=True, slots=True)
class Holding:
    model: str
    of: Callable[[User], Q]
    kept_back: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()  # of what is kept back, what is no secret

    @property
    def rows(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows_of(self, user: User) -> QuerySet[Model]:
        return self.rows._base_manager.filter(self.of(user))

    @property
    def columns(self) -> list[str]:
        """In the file. By the name in the database: of what is referred to, the number."""
        fields = self.rows._meta.concrete_fields
        return [*(each.attname for each in fields if each.name not in self.kept_back), *self.parts]


def addresses_of(user: User) -> list[str]:
    named = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return sorted({user.email.lower(), *(email.lower() for email in named)})


def _by(field: str) -> Callable[[User], Q]:
    return lambda user: Q(**{field: user.pk})


def _by_either(*fields: str) -> Callable[[User], Q]:
    def of(user: User) -> Q:
        either = Q()
        for name in fields:
            either |= Q(**{name: user.pk})
        return either

    return of


def _by_address(user: User) -> Q:
    return Q(address__in=addresses_of(user))


_ROW_OF_THE_LOG = dict.fromkeys(
    ("who_salt", "what_salt", "who_digest", "what_digest", "mac", "position", "digest", "signature"), PROOF
)

HELD = (
    Holding(
        "accounts.User",
        _by("pk"),
        {"password": SECRET, "groups": "roles of the staff", "user_permissions": "roles of the staff"},
    ),
    Holding("account.EmailAddress", _by("user")),
    Holding("mfa.Authenticator", _by("user"), {"data": SECRET}, ("data__name",)),
    Holding("knox.AuthToken", _by("user"), {"digest": SECRET, "token_key": SECRET}),
    Holding("accounts.TokenUse", _by("token__user"), {"token": SECRET}),
    Holding(
        "usersessions.UserSession", _by("user"), {"session_key": SECRET, "data": "nothing is kept in it"}
    ),
    Holding("admin.LogEntry", _by("user")),
    Holding(
        "audit.Entry",
        lambda user: Q(actor_id=user.pk) | Q(actor_id=None, target_type="user", target_id=str(user.pk)),
        _ROW_OF_THE_LOG,
    ),
    Holding("community.GroupMembership", _by("user")),
    Holding(
        "community.Group",
        lambda user: Q(memberships__user=user.pk, memberships__role=GroupMembership.Role.OWNER),
    ),
    Holding("community.Post", _by("author")),
    Holding("community.PostImage", _by("post__author")),
    Holding("community.PostReaction", _by("user")),
    Holding("community.Bookmark", _by("user")),
    Holding("community.Comment", _by("author")),
    Holding("announcements.Announcement", _by_either("author", "stopped_by")),
    Holding(
        "newsletters.Subscriber", lambda user: Q(user=user.pk) | Q(user=None, address__in=addresses_of(user))
    ),
    Holding("newsletters.Edition", _by_either("author", "stopped_by")),
    Holding("webhooks.Webhook", _by("keeper"), {"secret": SECRET, "old_secret": SECRET}),
    Holding("moderation.Case", _by("person"), {"owner": OTHERS}),
    Holding("moderation.Flag", _by("flagger")),
    Holding("moderation.Decision", _by("case__person"), {"by": OTHERS, "answered_by": OTHERS}),
    Holding("moderation.Step", _by("by")),
    Holding("moderation.WordRule", _by("by")),
    Holding("reputation.Entry", _by("person"), {"other_id": OTHERS}),
    Holding("reputation.Standing", _by("person")),
    Holding("reputation.Award", _by("person")),
    Holding("notifications.Notification", _by("recipient")),
    Holding("notifications.Event", _by_either("recipient", "actor")),
    Holding("notifications.Delivery", _by("recipient")),
    Holding("notifications.Attempt", _by("delivery__recipient")),
    Holding("notifications.PushReceipt", _by("subscription__user")),
    Holding("notifications.IncomingMail", _by("recipient")),
    Holding("notifications.Bounce", _by_address),
    Holding("notifications.Suppression", _by_address),
    Holding("notifications.Rule", _by("user")),
    Holding("notifications.Block", _by("user")),
    Holding("notifications.PresetChoice", _by("user")),
    Holding("notifications.NotificationPreference", _by("user")),
    Holding("notifications.QuietHours", _by("user")),
    Holding("notifications.SummaryTimes", _by("user")),
    Holding(
        "notifications.PushSubscription",
        _by("user"),
        dict.fromkeys(("endpoint", "p256dh", "auth"), "whoever has them can ring the device"),
    ),
    Holding("rights.Export", _by("user"), {"name": SECRET}),
    Holding("rights.Departure", _by("user"), {"by": OTHERS}),
)

NOT_OF_A_PERSON = {
    "account.EmailConfirmation": "a secret of a few days: the address that it proves is in the file",
    "accounts.PhoneCode": "keyed hashes of a code and its number, which name nobody, for ten minutes",
    "accounts.Attempts": "keyed digests of attempts, which name nobody, for minutes",
    "audit.Anchor": "proves that the log was not changed",
    "auth.Group": "roles of the staff",
    "auth.Permission": "made by the program",
    "contenttypes.ContentType": "made by the program",
    "sessions.Session": "keys by which one comes in, and who is in: gone when they expire",
    "notifications.Hold": "whether a restored site may send",
    "notifications.Breaker": "how mail servers answer",
    "notifications.Budget": "how much mail each provider was given",
    "notifications.JobRun": "when the program did its work",
    "notifications.RevisionClock": "a number that grows",
    "notifications.Tally": "counts of all people together",
    "notifications.TallyClock": "a moment",
    "notifications.Worker": "processes of the program",
    "webhooks.Call": "numbers of posts and comments, and what another program answered",
}
