"""Plays the demo community as if it had happened: every act in its order, through the same actions.

All of it is one transaction. A site has the whole demo community or none of it, and no thread of a
serving process sees half of it, or mails what its reader has read by the end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import User
from notifications.inbox import actions as inbox
from notifications.outbox import pipeline
from notifications.outgoing import recording
from notifications.transactions import acting

from .. import actions
from ..models import Comment, Group, GroupMembership, Post
from .inboxes import tidy
from .script import GroupScript, PersonScript, PlaceScript, PostScript, read_people, read_places

PASSWORD = "demo-password"  # nosec B105 - everybody knows it: it is printed
ADMIN = "admin"
FOUNDED = timedelta(days=26)
READING_EVERY = timedelta(days=2)
# How long ago each last looked at the inbox; the others differ by a few hours.
LAST_LOOK_HOURS = {"ana": 30.0, "ben": 20.0, "chloe": 26.0, ADMIN: 44.0, "tomas": 60.0}

Report = Callable[[int, int], None]  # how many acts are done, of how many

played = Signal()
"""Sent in the same transaction when all has happened, with `people` (by username) and `now`: what later parts
of the site add to the demo community."""


class NameTakenError(Exception):
    """Somebody who is not of the demo has one of its usernames."""


@dataclass(frozen=True, slots=True)
class Loaded:
    people: int
    groups: int
    posts: int
    comments: int


@dataclass(order=True, slots=True)
class Act:
    at: datetime
    number: int  # keeps acts of the same moment in the order of the files
    do: Callable[[datetime], Any] = field(compare=False)


def is_loaded() -> bool:
    """Whether anybody of the demo is here: what has since been changed or deleted stays that way."""
    return User.objects.filter(email__in=[person.email for person in read_people()]).exists()


def load(report: Report = lambda done, total: None, *, now: datetime | None = None) -> Loaded:
    """Make the demo community; answers with what was made. Raises NameTakenError with nothing made."""
    now = now or timezone.now()
    people, places = read_people(), read_places()
    with acting():
        story = _Story(now, _make_people(people, now))
        for place in places:
            story.plan(place)
        story.play(report)
        played.send(sender=None, people=story.people, now=now)
        story.tell_and_read(now)
        tidy(story.people, now)
        recording.expire_waiting()  # it all happened before anybody here had a mailbox
    posts = [post for place in places for post in place.posts]
    return Loaded(
        people=len(people),
        groups=sum(place.group is not None for place in places),
        posts=len(posts),
        comments=sum(len(post.comments) for post in posts),
    )


def _make_people(people: list[PersonScript], now: datetime) -> dict[str, User]:
    taken = User.objects.with_usernames(person.username for person in people)
    if names := ", ".join(sorted(user.username for user in taken)):
        raise NameTakenError(names)
    password = make_password(PASSWORD)  # slow by intent; once is enough for a password that all know
    languages = dict(settings.LANGUAGES)
    users = User.objects.bulk_create(
        User(
            username=person.username,
            name=person.name,
            email=person.email,
            bio=person.bio,
            time_zone=person.time_zone,
            language=person.language if person.language in languages else settings.LANGUAGE_CODE,
            password=password,
            is_staff=person.username == ADMIN,
            is_superuser=person.username == ADMIN,
            date_joined=now - FOUNDED - timedelta(hours=30 - number),
        )
        for number, person in enumerate(people)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return {user.username: user for user in users}


class _Story:
    """Everything that happens, to be sorted by time and played."""

    def __init__(self, now: datetime, people: dict[str, User]) -> None:
        self.now, self.people = now, people
        self.acts: list[Act] = []

    def plan(self, place: PlaceScript) -> None:
        group: list[Group] = []  # empty until it is founded, and for posts outside groups
        if place.group is not None:
            self._plan_group(place.group, place.posts, group)
        for post in place.posts:
            self._plan_post(post, group)

    def play(self, report: Report) -> None:
        """A few days at a time: what happens, then who is told of it, then who reads that."""
        self.acts.sort()
        done = 0
        for _days, acts in groupby(self.acts, key=lambda act: (self.now - act.at) // READING_EVERY):
            for act in acts:
                act.do(act.at)
                done += 1
                report(done, len(self.acts))
            self.tell_and_read(act.at)

    def tell_and_read(self, last: datetime) -> None:
        """Who is told of what happened until then, and who has read it since."""
        while pipeline.expand_next():
            pass
        for username, hours in self._last_looks():
            inbox.mark_all_read(self.people[username], until=min(last, self.now - timedelta(hours=hours)))

    def _last_looks(self) -> Iterator[tuple[str, float]]:
        for number, username in enumerate(self.people):
            yield username, LAST_LOOK_HOURS.get(username, 3.0 + number * 7 % 30)

    def _add(self, at: datetime, do: Callable[[datetime], Any]) -> None:
        self.acts.append(Act(min(at, self.now), len(self.acts), do))

    def _plan_group(self, script: GroupScript, posts: Any, made: list[Group]) -> None:
        founded = self.now - FOUNDED

        def found(at: datetime) -> None:
            made.append(
                actions.create_group(
                    self.people[script.owner],
                    script.name,
                    description=script.description,
                    is_private=script.is_private,
                    at=at,
                )
            )

        def join(username: str, at: datetime) -> None:
            owner = self.people[script.owner]
            membership = actions.join_group(self.people[username], made[0], at=at)
            if membership.status == GroupMembership.Status.REQUESTED:
                membership = actions.accept_request(owner, membership, at=at)
            if username in script.moderators:
                actions.set_role(owner, membership, GroupMembership.Role.MODERATOR)

        self._add(founded, found)
        for number, username in enumerate([*script.moderators, *script.members]):
            acts = [days for post in posts if (days := post.first_act_of(username)) is not None]
            # Each comes a while after the one before; who takes part sooner comes sooner.
            usual = founded + timedelta(hours=1 + number * 5)
            needed = self.now - timedelta(days=max(acts, default=0.0), minutes=20 + number)
            self._add(min(usual, needed), partial(join, username))

    def _plan_post(self, script: PostScript, group: list[Group]) -> None:
        posted = self.now - timedelta(days=script.days_ago)
        post: list[Post] = []
        comments: dict[int, Comment] = {}

        def write(at: datetime) -> None:
            where = group[0] if group else None
            author = self.people[script.author]
            post.append(actions.create_post(author, script.content, title=script.title, group=where, at=at))

        def answer(number: int, at: datetime) -> None:
            said = script.comments[number - 1]
            comments[number] = actions.comment(
                self.people[said.author],
                post[0],
                said.content,
                parent=comments[said.reply_to] if said.reply_to else None,
                at=at,
            )

        def press(kind: str, username: str, at: datetime) -> None:
            actions.react(self.people[username], post[0], kind, at=at)

        def keep(username: str, at: datetime) -> None:
            actions.bookmark(self.people[username], post[0], at=at)

        self._add(posted, write)
        for number, said in enumerate(script.comments, start=1):
            self._add(posted + timedelta(hours=said.hours_later), partial(answer, number))
        pressed = [partial(press, kind, name) for kind, names in script.reactions.items() for name in names]
        kept = [partial(keep, name) for name in script.bookmarks]
        for acts in (pressed, kept):
            for act, at in zip(acts, self._moments(posted, len(acts)), strict=True):
                self._add(at, act)

    def _moments(self, posted: datetime, count: int) -> list[datetime]:
        """When a post was pressed: many soon, then ever fewer, over a day and a half at the most."""
        span = min(self.now - posted, timedelta(hours=36))
        return [posted + span * ((number + 1) / (count + 1)) ** 2 for number in range(count)]
