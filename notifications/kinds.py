"""What a notification can be about: the declarative base, and the registry.

Adding one takes a subclass of `Kind` and `register(TheKind())` in the app's `ready()`. Its mail may have
wording of its own in `emails/<type in lower case>/{subject.txt,body.txt,body.html}`; else those of
`emails/notification/` serve. Nothing else in the engine changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Category, Event, Notification, Rule, Switch
from .sql import among

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser
    from django.utils.functional import _StrPromise

type_names: dict[str, "Kind"] = {}  # of what reaches people, as they choose
_mailings: dict[str, "Kind"] = {}  # of what goes to addresses (mailings.py): nothing of it is in an inbox


class Fact(NamedTuple):
    """An Event as it is claimed: what deciding needs, without the cost of a model instance."""

    id: int
    kind: str
    actor_id: int | None
    recipient_id: int
    target_type: str
    target_id: int
    object_id: int
    group_key: str
    created_at: datetime
    place_id: int | None = None
    watched: bool = False  # it concerns the recipient only because they watch where it happened


def fact_of(row: Notification) -> Fact:
    """For asking who may see what a row of the inbox is about; `id` is that of the row."""
    return Fact(
        row.pk, row.kind, row.actor_id, row.recipient_id, row.target_type, row.target_id,
        row.object_id, row.group_key, row.created_at, row.place_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that somebody wrote, for those who read it elsewhere."""

    text: str  # as it was typed
    html: str  # safe: cleaned when it was stored


@dataclass(frozen=True, slots=True)
class Answered:
    """The beginning of what it is about or answers: mails remind whoever wrote it."""

    author_id: int
    said: "str | _StrPromise"


@dataclass(frozen=True, slots=True)
class Content:
    """What a notification is about, as far as its reader may see it. Plain text, but for `words`."""

    thing: str  # the title of the post, the name of the group; stands in the sentence
    url: str  # path on this site
    said: str = ""  # the beginning of what somebody wrote
    words: Words | None = None  # the whole of it
    answered: Answered | None = None
    image_url: str = ""
    thread: str = ""  # threads mail: the same for everything about one thing; an id, and no words
    list_id: str = ""  # the group it happened in, for List-Id
    list_name: str = ""
    keeps_words: bool = False  # nothing of this may leave the site: `Shown.outside` says what does
    bare_url: str = ""  # instead of a `url` that has words in it, where they are kept
    extra: dict[str, Any] = field(default_factory=dict)


class Kind:
    """One kind of notification. Instances hold no state; the batch methods use a fixed number of queries."""

    type: ClassVar[str]
    label: ClassVar["_StrPromise"]  # for lists of kinds: "Somebody liked your post"
    # "%(actors)s liked %(thing)s", by the number of "people": other languages than English need it.
    sentence: ClassVar["_StrPromise"]
    reason: ClassVar["_StrPromise"]  # "Because you wrote it"
    discreet: ClassVar["_StrPromise"] = gettext_lazy("There is news for you in a private group")  # no words
    button: ClassVar["_StrPromise"] = gettext_lazy("See it")  # of its mail; leads to the thing
    icon: ClassVar[str] = "bell"  # of heroicons
    category: ClassVar[Category] = Category.COMMUNITY
    channels: ClassVar[frozenset[Switch]] = frozenset(Switch)  # how it may reach people, beside the inbox
    mailed_by_default: ClassVar[bool] = True  # else mail comes only to those who ask for it
    pushed_by_default: ClassVar[bool] = True  # the same of push, for those who have a device that rings
    steered: ClassVar[bool] = True  # else only its category's switch holds: no rule, block or preset does
    for_the_site: ClassVar[bool] = (
        False  # said on its behalf: no block and no quiet preset keeps it from the inbox
    )
    fewer: ClassVar[Rule.Scope] = Rule.Scope.KIND  # what "fewer of these" changes, where nothing was chosen
    for_watchers: ClassVar[bool] = False  # whoever watches the place asks for it on every channel
    priority: ClassVar[Notification.Priority] = Notification.Priority.ABOUT_YOU
    is_audience: ClassVar[bool] = False  # recipients are resolved in chunks, by `audience`
    is_mailing: ClassVar[bool] = False  # to addresses, not to people: see mailings.py
    toggles: ClassVar[bool] = False  # done and undone by a button; done again within a day it is no news
    anonymous: ClassVar[bool] = False  # tells that, never who
    notifies_actor: ClassVar[bool] = False
    own_words: ClassVar[bool] = False  # what is said is said by the site: no quotation of anybody
    answered_by_mail: ClassVar[bool] = False  # its mail may be answered, and `answer` writes what came
    read_on_visit: ClassVar[bool] = True  # the page it leads to marks it read; else the inbox does
    mail_expires_after: ClassVar[timedelta] = timedelta(hours=96)  # longer than the whole retry schedule
    kept: ClassVar[timedelta | None] = (
        None  # older rows go, read or not; None: as long as the site's settings say
    )
    mail_gap: ClassVar[timedelta | None] = None  # after one mail, others of the same group_key fold this long

    # When it happens: called in the transaction of the action, with the row that was written.

    def target(self, obj: Any) -> tuple[str, int]:
        """The thing it happened to: ("post", 5)."""
        raise NotImplementedError

    def place_id(self, obj: Any) -> int | None:
        """Where it happened, for kinds that happen in groups: people steer by it what reaches them."""
        return None

    def actor_id(self, obj: Any) -> int | None:
        return int(obj.user_id)

    def object_id(self, obj: Any) -> int:
        """The fact itself: the comment, the reaction."""
        return int(obj.pk)

    def recipients(self, obj: Any) -> Iterable[int]:
        """The people it concerns; the actor is left out by the service."""
        raise NotImplementedError

    def key(self, obj: Any, recipient_id: int | None) -> str:
        """Unique for the fact and the person: `TYPE:actor:object[:recipient]`."""
        suffix = "" if recipient_id is None else f":{recipient_id}"
        return f"{self.type}:{self.actor_id(obj)}:{obj.pk}{suffix}"

    def concerned(self, obj: Any) -> list[int | None]:
        """Whom to write an Event for: the recipients, or None for the audience as a whole."""
        if self.is_audience:
            return [None]
        actor_id = self.actor_id(obj)
        return [pk for pk in dict.fromkeys(self.recipients(obj)) if pk != actor_id or self.notifies_actor]

    def is_watched(self, obj: Any) -> bool:
        """Beside its recipients: whether anybody watches where it happened. `audience` says who."""
        return False

    def keys(self, obj: Any) -> list[str]:
        return [self.key(obj, recipient_id) for recipient_id in self.concerned(obj)]

    def group_key(self, obj: Any) -> str:
        """Facts with the same key fold into one row while that is unread."""
        target_type, target_id = self.target(obj)
        return f"{self.type}:{target_type}.{target_id}"

    def happens_at(self, obj: Any) -> datetime | None:
        """Where it is told at a time of its own, and not before; None for as soon as it is written."""
        return None

    def expires_at(self, obj: Any) -> datetime | None:
        """Of an audience: when it is over, and leaves the inboxes of those who have not read it."""
        return None

    def sources(self, since: datetime, until: datetime) -> QuerySet[Any] | None:
        """The rows written in that time, which must have Events; None where no row is kept."""
        return None

    # When it is decided, sent or shown.

    def audience(self, event: Event) -> QuerySet[Any]:
        """Everybody it concerns, as one column of user ids named `user_id`, the actor left out.

        Of a kind that has recipients: those who watch where it happened, and hear of it for no other reason.
        """
        raise NotImplementedError

    def concerning(self, user: Any, since: datetime) -> QuerySet[Event] | None:
        """Of an audience: what was for `user` since then, told or not; None where only their inbox knows."""
        return None

    @property
    def is_urgent(self) -> bool:
        """What leaves the site of it goes first, and waits neither to be read nor for a summary."""
        needs_you = self.priority == Notification.Priority.NEEDS_YOU
        return needs_you or self.category == Category.ACCOUNT

    @property
    def outlives_complaint(self) -> bool:
        """Whether its mail still goes to whoever marked ours as unwanted: it keeps an account safe."""
        return self.category == Category.ACCOUNT

    def mails(self, event: Event) -> bool:
        """Whether its audience is mailed too, as far as each person wants it."""
        return Switch.EMAIL in self.channels

    def refusals(self, facts: Sequence[Fact]) -> Mapping[int, Event.Outcome]:
        """Those that are gone, or no more for their recipient's eyes: fact id → GONE, HIDDEN or UNWATCHED."""
        return {}

    def contents(self, notifications: Sequence[Notification], user: "AbstractUser") -> Mapping[int, Content]:
        """Notification id → content, for those that `user` may see now."""
        raise NotImplementedError

    def example(self, reader: Any) -> Content:
        """For looking at its mail where there is nothing to tell yet."""
        said = _("There are more than I have windows for. Take as many as you like; pots are by the door.")
        return Content(
            thing=_("Seedlings to give away"),
            url="/",
            said=said,
            words=Words(said, f"<p>{escape(said)}</p>"),
            thread="example.1",
            list_id="example",
            list_name=_("Gardeners"),
        )

    def answer(self, event: Event, user: Any, text: str) -> None:
        """Write what `user` answered to a mail about it, as it would be on the page.

        Raises what the action does: PermissionDenied, Http404 for what is gone, ValidationError.
        """
        raise NotImplementedError

    def contents_for_each(self, notifications: Sequence[Notification]) -> Mapping[int, Content]:
        """`contents` for rows of many people, each seen by its own recipient: what streams send.

        Kinds that are told to many at once answer in a fixed number of queries; these few do not need to.
        """
        by_person: dict[int, list[Notification]] = defaultdict(list)
        for row in notifications:
            by_person[row.recipient_id].append(row)
        contents: dict[int, Content] = {}
        for user in get_user_model().objects.filter(pk__in=among(by_person), is_active=True):
            with timezone.override(user.time_zone):
                contents.update(self.contents(by_person[user.pk], user))
        return contents


def register(kind: Kind) -> None:
    (_mailings if kind.is_mailing else type_names)[kind.type] = kind


def get(type_name: str) -> Kind | None:
    """None for a kind that this version does not know: its rows are kept, and shown as unavailable."""
    return type_names.get(type_name) or _mailings.get(type_name)


def all_kinds() -> list[Kind]:
    """Those that people choose about."""
    return list(type_names.values())


def with_mailings() -> list[Kind]:
    return [*type_names.values(), *_mailings.values()]
