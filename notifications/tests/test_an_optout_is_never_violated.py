"""Random choices, acts, comings and goings, in any order with the dispatcher: no opt-out is ever violated.

After every step, whatever arrived for Bob in it (a row, a mail) is judged by what held at that moment. The
judge reads the stored choices and knows the rules in words of its own; it does not ask the resolver.
`CHAOS=full` makes many long stories instead of a few short ones.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain, count
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import User
from community import actions
from community.engagement import POSTED_IN_GROUP
from community.models import Group, GroupMembership, Post
from notifications import kinds
from notifications.models import (
    Block,
    Category,
    Delivery,
    Event,
    Level,
    Notification,
    NotificationPreference,
    PresetChoice,
    QuietHours,
    Rule,
)
from notifications.models.delivery import TOLD, Cadence
from notifications.outbox import pipeline
from notifications.outgoing import sending
from notifications.steering.blocking import block, unblock
from notifications.steering.levels import set_channels, set_kinds
from notifications.steering.preferring import set_preferences
from notifications.steering.presets import choose_preset
from notifications.steering.quieting import set_quiet_hours

LONG = os.environ.get("CHAOS") == "full"
pytestmark = [pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.timeout(1200 if LONG else 120)]
EXAMPLES, ROUNDS = (300, 15) if LONG else (8, 5)
KINDS = ["LIKE", "COMMENT", "REPLY", "MENTION", "BOOKMARK", "GROUP_POST"]
Step = tuple[Any, ...]

three = st.sampled_from([None, True, False])
two = st.booleans()
where = st.sampled_from(["group", "open"])
levels = st.sampled_from(list(Level))
acts = st.tuples(st.just("act"), st.sampled_from(["alice", "chloe"]), where, st.sampled_from(KINDS))
choices = st.one_of(
    st.tuples(st.just("thread"), where, levels),
    st.tuples(st.just("place"), levels),
    st.tuples(st.just("channels"), st.sampled_from(["thread", "place"]), three, three),
    st.tuples(st.just("kind"), st.sampled_from(KINDS), three, three),
    st.tuples(st.just("category"), two, two, st.sampled_from(["instant", "hourly", "daily", "weekly"])),
    st.tuples(st.just("often"), st.sampled_from(["instant", "hourly", "daily", "weekly"])),
    st.tuples(st.just("later")),
    st.tuples(st.just("preset"), st.sampled_from(["quiet", "normal", "everything"])),
    st.tuples(st.just("block"), st.sampled_from(["alice", "chloe"]), two),
    st.tuples(st.just("leave")),
    st.tuples(st.just("default"), two),
    st.tuples(st.just("quiet"), two),
)
some_choices = st.lists(choices, max_size=2)
EXPAND, SEND = ("work", "expand"), ("work", "send")
NIGHT, MORNING = ("quiet", True), ("quiet", False)
OFF = ("kind", "COMMENT", None, False)
WATCH, UNWATCH = (("thread", "open", level) for level in (Level.WATCHING, Level.NORMAL))
COMMENT = ("act", "chloe", "open", "COMMENT")
LATER = ("later",)
INSTANT, DAILY, WEEKLY = (("often", frequency) for frequency in ("instant", "daily", "weekly"))


@st.composite
def rounds(draw: Any) -> list[Step]:
    """Something is chosen, something happens, and choices come in between at every stage of it."""
    happening = draw(st.lists(acts, min_size=1, max_size=3))
    before, waiting, written = draw(some_choices), draw(some_choices), draw(some_choices)
    return [*before, *happening, *waiting, EXPAND, EXPAND, *written, SEND, SEND]


class Story:
    """Alice owns a private group with Bob and Chloe in it; Bob's post and hers are in it and outside."""

    def __init__(self) -> None:
        self.alice, self.bob, self.chloe = (
            User.objects.create_user(name, f"{name}@example.com", "!", name=name)
            for name in ("alice", "bob", "chloe")
        )
        self.people = {"alice": self.alice, "chloe": self.chloe}
        self.group = actions.create_group(self.alice, "Closed", is_private=True)
        self.posts = {"open": self._post(self.bob, None)}
        self.join(self.bob)
        self.join(self.chloe)
        self.posts["group"] = self._post(self.bob, self.group)
        self.theirs = {"open": self._post(self.alice, None), "group": self._post(self.alice, self.group)}
        self.remarks = {name: actions.comment(self.bob, post, "Mine.") for name, post in self.theirs.items()}
        self.numbers = count()
        while pipeline.expand_next():
            pass
        self.seen = self.arrived()
        self.mails = {*Delivery.objects.filter(recipient=self.bob).values_list("pk", flat=True)}
        Delivery.objects.filter(state=Delivery.State.PENDING).delete()

    def join(self, user: User) -> None:
        actions.accept_request(self.alice, actions.join_group(user, self.group))

    def arrived(self) -> set[tuple[str, int, int]]:
        """(kind, actor, object): every fact that is in Bob's inbox, or was told to him and read."""
        own = Event.objects.filter(recipient=self.bob, outcome=Event.Outcome.NOTIFIED)
        many = Notification.objects.filter(recipient=self.bob, kind="GROUP_POST")
        return {*own.values_list("kind", "actor_id", "pk"), *many.values_list("kind", "actor_id", "event_id")}

    def do(self, step: Step) -> None:
        getattr(self, f"_{step[0]}")(*step[1:])

    def _act(self, name: str, where: str, kind: str) -> None:
        actor, number = self.people[name], next(self.numbers)
        mine, theirs = self.posts[where], self.theirs[where]
        match kind:
            case "LIKE":
                actions.react(actor, mine)
            case "BOOKMARK":
                actions.bookmark(actor, mine)
            case "COMMENT":  # on his own post, and where he may be watching
                actions.comment(actor, mine, f"A word {number}")
                actions.comment(actor, theirs, f"A word {number}")
            case "REPLY":
                actions.comment(actor, theirs, f"An answer {number}", parent=self.remarks[where])
            case "MENTION":
                actions.comment(actor, theirs, f"Ask @bob {number}")
            case "GROUP_POST":
                self._post(actor, self.group)

    def _post(self, author: User, group: Group | None) -> Post:
        return actions.create_post(author, f"Something {Post.objects.count()}", group=group)

    def _work(self, what: str) -> None:
        if what == "expand":
            pipeline.expand_next()
        else:
            with sending.Lane("test") as lane:
                lane.send_next()

    def _thread(self, where: str, level: Level) -> None:
        if where == "open" or self._is_member():
            actions.follow_post(self.bob, self.theirs[where], level)

    def _place(self, level: Level) -> None:
        if self._is_member():
            actions.follow_group(self.bob, self.group, level)

    def _channels(self, scope: str, in_app: bool | None, email: bool | None) -> None:
        about: dict[str, Any] = {"scope": scope, "place_id": self.group.pk}
        if scope == "thread":
            about = {"scope": scope, "target_type": "post", "target_id": self.theirs["group"].pk}
        set_channels(self.bob, about, {"in_app": in_app, "email": email})

    def _kind(self, kind: str, in_app: bool | None, email: bool | None) -> None:
        set_kinds(self.bob, {kinds.type_names[kind]: {"in_app": in_app, "email": email}})

    def _category(self, in_app: bool, email: bool, frequency: str) -> None:
        NotificationPreference.objects.update_or_create(
            user=self.bob,
            notification_type=Category.COMMUNITY,
            defaults={"in_app_enabled": in_app, "email_enabled": email, "email_frequency": frequency},
        )

    def _often(self, frequency: str) -> None:
        """As the page and the API write it."""
        set_preferences(self.bob, {Category.COMMUNITY: {"email_frequency": frequency}})

    def _later(self) -> None:
        """So much that every summary he chose is due."""
        chosen = [cadence for cadence in Cadence if cadence.is_chosen]
        pending = Delivery.objects.filter(cadence__in=chosen, state=Delivery.State.PENDING)
        pending.update(due_at=timezone.now())

    def _preset(self, preset: Any) -> None:
        choose_preset(self.bob, preset)

    def _block(self, name: str, on: bool) -> None:
        (block if on else unblock)(self.bob, self.people[name])

    def _leave(self) -> None:
        """Or come back."""
        if not actions.leave_group(self.bob, self.group):
            self.join(self.bob)

    def _quiet(self, on: bool) -> None:
        now, hour = timezone.now(), timedelta(hours=1)
        set_quiet_hours(self.bob, {"is_on": on, "starts": (now - hour).time(), "ends": (now + hour).time()})

    def _default(self, mailed: bool) -> None:
        type(POSTED_IN_GROUP).mailed_by_default = mailed

    def _is_member(self) -> bool:
        return GroupMembership.objects.active().filter(group=self.group, user=self.bob).exists()

    def judge(self) -> None:
        arrived = self.arrived()
        for _kind, _actor, event_id in arrived - self.seen:
            assert self.objection(Event.objects.get(pk=event_id), "in_app") is None
        self.seen |= arrived
        sent = Delivery.objects.filter(recipient=self.bob, state=Delivery.State.SENT)
        alone = sent.filter(event_id__isnull=False).exclude(pk__in=self.mails)
        for event in self.judge_mails(alone):
            assert event.kind == "MENTION" or not self._is_quiet()
        summaries = sent.filter(event_id=None).exclude(pk__in=self.mails)
        for summary in summaries:
            assert not self._is_quiet()
            told = Delivery.objects.told_by(summary)
            assert told
            self.judge_mails(told, is_chosen=Cadence(summary.cadence).is_chosen)
            self.mails.add(summary.pk)

    def judge_that_nothing_is_lost(self) -> None:
        """Every mail that was made has left, alone or in one summary, or says why not."""
        mine = Delivery.objects.filter(recipient=self.bob, event_id__isnull=False).exclude(pk__in=self.mails)
        assert not mine.filter(Q(state=Delivery.State.SENT) | Q(reason__in=("", *TOLD))).exists()

    def judge_mails(self, told: Iterable[Delivery], *, is_chosen: bool = False) -> list[Event]:
        events = []
        for delivery in told:
            events.append(Event.objects.get(pk=delivery.event_id or 0))
            assert self.objection(events[-1], "email", is_chosen=is_chosen) is None
            assert delivery.pk not in self.mails  # neither twice, nor both alone and in a summary
            self.mails.add(delivery.pk)
        return events

    def _is_quiet(self) -> bool:
        return QuietHours.objects.filter(user=self.bob, is_on=True).exists()

    def objection(self, event: Event, channel: str, *, is_chosen: bool = False) -> str | None:
        """Why this must not have reached Bob now; `is_chosen`: in a summary that he chose."""
        if event.place_id == self.group.pk and not self._is_member() and event.kind != "GROUP_ACCEPT":
            return "he left"
        if Block.objects.filter(user=self.bob, blocked=event.actor_id).exists():
            return "blocked"
        rules = {rule.scope: rule for rule in self._rules_about(event)}
        levels = [
            rules[scope].level for scope in ("thread", "place") if scope in rules and rules[scope].level
        ]
        if levels[:1] == ["muted"]:
            return "muted"
        if event.watched and levels[:1] != ["watching"]:
            return "not watched"
        answers = [getattr(rules[scope], channel) for scope in ("thread", "place", "kind") if scope in rules]
        explicit = [answer for answer in answers if answer is not None]
        if explicit and not explicit[0]:
            return "switched off narrowly"
        row = NotificationPreference.objects.filter(user=self.bob, notification_type="community").first()
        if row and not explicit and not getattr(row, f"{channel}_enabled"):
            return "switched off"
        comes_at_once = channel == "in_app" or is_chosen or event.kind == "MENTION"
        if row and row.email_frequency != "instant" and not comes_at_once:
            return "in a summary"
        asked = explicit or levels[:1] == ["watching"]
        quiet = PresetChoice.objects.filter(user=self.bob, preset="quiet").exists()
        if quiet and not asked and event.kind == "GROUP_POST":
            return "quiet"
        return None

    def _rules_about(self, event: Event) -> Iterator[Rule]:
        for rule in Rule.objects.filter(user=self.bob):
            about = {
                "thread": (rule.target_type, rule.target_id) == (event.target_type, event.target_id),
                "place": rule.place_id == event.place_id,
                "kind": rule.type == event.kind,
            }
            if about[rule.scope]:
                yield rule


@contextmanager
def undone() -> Iterator[None]:
    before = type(POSTED_IN_GROUP).mailed_by_default
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    type(POSTED_IN_GROUP).mailed_by_default = before
    mail.outbox.clear()


@settings(
    max_examples=EXAMPLES,
    derandomize=not LONG,
    database=None,
    deadline=None,
    phases=list(Phase) if LONG else [Phase.explicit, Phase.generate],  # to make it short takes long
    suppress_health_check=list(HealthCheck),
)
@example(told=[[WATCH, COMMENT, UNWATCH, EXPAND, EXPAND, SEND]])
@example(told=[[WATCH, COMMENT, EXPAND, UNWATCH, EXPAND, SEND]])
@example(told=[[WATCH, COMMENT, EXPAND, EXPAND, UNWATCH, SEND]])
@example(told=[[COMMENT, NIGHT, EXPAND, EXPAND, SEND, OFF, MORNING, SEND, SEND]])
@example(
    told=[[DAILY, COMMENT, EXPAND, EXPAND, SEND, INSTANT, SEND, COMMENT, EXPAND, WEEKLY, SEND, LATER, SEND]]
)
@example(told=[[DAILY, COMMENT, EXPAND, EXPAND, SEND, OFF, LATER, SEND]])
@given(told=st.lists(rounds(), min_size=1, max_size=ROUNDS))
def tell(told: list[list[Step]]) -> None:
    with undone():
        story = Story()
        for step in chain.from_iterable(told):
            story.do(step)
            story.judge()
        story.do(MORNING)
        for _ in range(100):
            story.do(LATER)
            story.do(EXPAND)
            story.do(SEND)
            story.judge()
            if not Event.objects.filter(state="pending").exists() and not Delivery.objects.open().exists():
                break
        story.judge_that_nothing_is_lost()


def test_whatever_is_chosen_and_whenever(db: None, settings: Settings) -> None:
    settings.NOTIFICATION_EXECUTOR = "threads"  # of which there are none: the story works by itself
    tell()
