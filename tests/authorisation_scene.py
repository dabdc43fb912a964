"""The people, things and requests of the authorisation matrix."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from knox.models import AuthToken

from accounts.disowning import not_me_path
from accounts.models import TokenUse, User
from announcements.models import Announcement, Audience
from community import actions
from community.engagement import LIKED
from community.models import Group, GroupMembership, Post, PostImage
from moderation.actions import flag
from moderation.links import suspended_path
from moderation.models import Case, Decision, WordRule
from moderation.subjects import subject_of
from newsletters.links import confirm_url, end_url
from newsletters.models import Edition, Segment, Subscriber
from notifications.inbox.paging import stamp
from notifications.models import Category, Delivery, Notification, PushSubscription, Rule
from notifications.outgoing.unsubscribing import unsubscribe_url
from notifications.steering.levels import set_kinds
from notifications.steering.why import why_url
from notifications.tests.scenes import a_like
from rights.exporting import path_of
from rights.leaving import leave
from rights.links import back_path
from rights.models import Export
from webhooks.models import Webhook

from .elsewhere import OTHER

PASSWORD = "correct-horse-battery"
ELSEWHERE = "192.0.2.1"  # no loopback address, which may read metrics
ELSEWHERE_PAGE = f"//{OTHER}/"  # where every request asks to be led, and none is
ROLES = (
    "anonymous", "revoked", "suspended", "stranger", "requested", "ex-member", "member", "moderator", "owner",
    "staff", "superuser",
)  # fmt: skip
MISSING = "missing"


@dataclass(frozen=True)
class Things:
    """What an object class of the table stands for."""

    post: Post
    group: Group
    username: str
    comment_id: int
    image_id: int
    membership_id: int


class Scene:
    """A private and a public group, posts of `author` in both and outside, and somebody in every role."""

    def __init__(self) -> None:
        self._handler = Client().handler
        self.author = self._person("author")
        self.people = {role: self._person(role) for role in ROLES if role not in {"anonymous", "owner"}}
        self.people["owner"] = self._person("owner")
        owner = self.people["owner"]
        self.closed = actions.create_group(owner, "Closed", is_private=True)
        self.open = actions.create_group(self.author, "Open")
        for person in (self.author, *self.people.values()):
            if person.username in {"author", "revoked", "suspended", "ex-member", "member", "moderator"}:
                actions.accept_request(owner, actions.join_group(person, self.closed))
        actions.join_group(self.people["requested"], self.closed)
        actions.leave_group(self.people["ex-member"], self.closed)
        actions.set_role(owner, self._membership("moderator"), GroupMembership.Role.MODERATOR)
        self.things = {"public": self._things(None), "private": self._things(self.closed)}
        self.cases = {
            kind: flag(self.people["member"], subject_of(found.post), "spam").case
            for kind, found in self.things.items()
        }
        self.rule = WordRule.objects.create(kind="word", pattern="bitcoin", then="flag")
        self.decisions = {kind: self._decision(found) for kind, found in self.things.items()}
        self.announcements = self._announcements()
        for keeper, group in ((owner, self.closed), (self.author, self.open)):
            Webhook.objects.create(group=group, keeper=keeper, url="https://hooks.example/", events=[])
        self.editions = self._editions()
        self.subscriber = Subscriber.objects.create(
            address="reader@example.com", source="form", confirmed_at=timezone.now()
        )
        self.notification = a_like(self.author, owner, self.things["public"].post, number=1)
        self.mail = Delivery.objects.create(event_id=self.notification.event_id, recipient=self.author)
        self.own = {
            role: a_like(person, self.author, self.things["public"].post, number=2 + person.pk)
            for role, person in self.people.items()
        }
        self.summary = _summary_of(self.notification)
        self.own_summaries = {role: _summary_of(row) for role, row in self.own.items()}
        for person in (self.author, *self.people.values()):
            set_kinds(person, {LIKED: {"email": False}})
            self._device(person)
            self._export(person)
        self.departure = leave(self._person("leaving"), keeps_content=False)
        self._keys = {role: self._key(role) for role in ROLES}
        for person in (self.author, self.people["revoked"]):
            key = f"elsewhere {person.pk}"
            UserSession.objects.create(user=person, session_key=key, ip=ELSEWHERE, user_agent="")
            AuthToken.objects.create(user=person)
        for role, change in (
            ("staff", {"is_staff": True}),
            ("superuser", {"is_superuser": True, "is_staff": True}),
        ):
            User.objects.filter(username=role).update(**change)
        User.objects.filter(username="suspended").update(is_active=False)

    def request(
        self,
        role: str,
        method: str,
        name: str,
        kind: str,
        *,
        missing: bool = False,
        more: dict[str, Any] | None = None,
    ) -> Any:
        """Send what `name` expects, as this role; `missing`: for what is not there; `more`: besides."""
        client, token = self.browser(role), self._keys[role][1]
        path = self.path(role, name, MISSING if missing else kind)
        path += f"{'&' if '?' in path else '?'}next={quote(ELSEWHERE_PAGE)}"
        body = self.body(role, name, method, MISSING if missing else kind)
        if more:
            body = {**more, **(body or {})}
        extra: dict[str, Any] = {"REMOTE_ADDR": ELSEWHERE}
        if path.startswith("/api/"):
            if token:
                extra["headers"] = {"Authorization": f"Bearer {token}"}
            content = json.dumps(body) if body is not None else ""
            return client.generic(method, path, content, "application/json", **extra)
        if method == "POST":
            return client.post(path, {"next": ELSEWHERE_PAGE, **(body or {})}, **extra)
        return client.generic(method, path, **extra)

    def path(self, role: str, name: str, kind: str) -> str:
        if name == "unsubscribe":
            return "/" + unsubscribe_url(self.author, Category.COMMUNITY).split("/", 3)[3]
        if name == "why-by-link":
            return "/" + why_url(self.mail).split("/", 3)[3]
        if name == "not-me":
            return not_me_path(self.author)
        if name == "take-back":
            return back_path(self.departure)
        if name == "suspended":
            return suspended_path(self.decisions["public"])
        if name == "confirm-subscription":
            return "/" + confirm_url(self.subscriber).split("/", 3)[3]
        if name == "end-subscription":
            return "/" + end_url(self.subscriber.pk, self.editions["public"]).split("/", 3)[3]
        address = reverse(name, kwargs=self._address(role, name, kind))
        return f"{address}?ids={self._notification_id(role, kind)}" if name == "snooze" else address

    def _address(self, role: str, name: str, kind: str) -> dict[str, Any]:
        if name in FIXED:
            return FIXED[name]
        if found := next(
            ((model, names[name], whose) for model, names, whose in OWNED if name in names), None
        ):
            model, argument, whose = found
            owner = self.people.get(role, self.author) if kind == "own" else self.author
            return {
                argument: 10**6
                if kind == MISSING
                else model.objects.filter(**{whose: owner}).earliest("pk").pk
            }
        if name == "unblock-person":
            return {"pk": self.author.pk}
        if name in NOTIFICATION:
            return {NOTIFICATION[name]: self._notification_id(role, kind)}
        if name == "summary":
            mine = self.summary if kind == "other" or role == "anonymous" else self.own_summaries[role]
            return {"pk": 10**6 if kind == MISSING else mine.pk}
        rows: dict[str, Any]
        for names, rows in (
            (ANNOUNCEMENT, self.announcements),
            (EDITION, self.editions),
            (CASE, self.cases),
            (DECISION, self.decisions),
        ):
            if name in names:
                return {names[name]: 10**6 if kind == MISSING else rows[kind].pk}
        if name in {"remove-subscriber", "remove-word-rule"}:
            return {"pk": (self.subscriber if name == "remove-subscriber" else self.rule).pk}
        if name in {"webhook", "change-webhook"}:
            group = self.closed if kind == "private" else self.open
            return {"pk": 10**6 if kind == MISSING else Webhook.objects.filter(group=group).earliest("pk").pk}
        things = self.things.get(kind) or self.things["private"]
        gone = kind == MISSING
        values = {
            "post": 10**6 if gone else things.post.pk,
            "comment": 10**6 if gone else things.comment_id,
            "image": 10**6 if gone else things.image_id,
            "membership": 10**6 if gone else things.membership_id,
            "slug": "never-was" if gone else things.group.slug,
            "username": "never-was" if gone and name in {"profile", "block-person"} else things.username,
            "type": "love",
            "kind": "post",
        }
        return {argument: values[value] for argument, value in ADDRESS.get(name, {}).items()}

    def _notification_id(self, role: str, kind: str) -> int:
        if kind == MISSING:
            return 10**6
        return (self.notification if kind == "other" or role == "anonymous" else self.own[role]).pk

    def body(self, role: str, name: str, method: str, kind: str) -> Any:
        body = BODIES.get((name, method))
        if name in {"change-notifications", "snooze"}:
            until = f"{timezone.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
            return {"ids": self._notification_id(role, kind), "do": "save", "until": until}
        if name in {"api-posts", "new-post"} and kind in self.things and method == "POST":
            return _WORDS | {"group": self.things[kind].group.slug}
        if name == "api-flags":
            return {"type": "post", "id": self.things[kind].post.pk if kind in self.things else 10**6} | _SPAM
        if name == "groups" and method == "POST":
            return {"address": self.things[kind].group.slug}
        if name == "read-all":
            return {"until": stamp(self.notification.created_at)}
        return body

    def _things(self, group: Group | None) -> Things:
        post = actions.create_post(self.author, "Between us.", title="The heating", group=group)
        image = PostImage.objects.create(post=post, file=ContentFile(b"RIFF", "a.webp"), width=1, height=1)
        room = group or self.open
        return Things(
            post=post,
            group=room,
            username="author",
            comment_id=actions.comment(self.author, post, "A secret.").pk,
            image_id=image.pk,
            membership_id=room.memberships.get(user=self.author).pk,
        )

    def _decision(self, found: Things) -> Decision:
        """About a comment of the author's."""
        now = timezone.now()
        case = Case.objects.create(
            target_type="comment", target_id=found.comment_id, person=self.author, group=found.post.group,
            title="The heating", severity=1, due_at=now, closed_at=now,
        )  # fmt: skip
        return Decision.objects.create(case=case, action=Decision.Action.WARN, words="Not like this.")

    def _announcements(self) -> dict[str, Announcement]:
        """Told to everybody and to the members of the closed group, and one that nobody was told of yet."""
        now = timezone.now()
        told = {"confirmed_at": now, "starts_at": now}
        words = {"author": self.author, "title": "No water", "content": "x", "content_html": "<p>x</p>"}
        everybody: dict[str, Any] = {"audience": Audience.EVERYBODY}
        fields: dict[str, dict[str, Any]] = {
            "public": everybody | told,
            "private": {"audience": Audience.GROUP, "group": self.closed} | told,
            "draft": everybody,
        }
        return {kind: Announcement.objects.create(**words, **more) for kind, more in fields.items()}

    def _device(self, person: User) -> PushSubscription:
        endpoint = f"https://{settings.PUSH_SERVICES[0]}/{person.pk}"
        return PushSubscription.objects.create(user=person, endpoint=endpoint, label="Firefox on Android")

    def _export(self, person: User) -> None:
        now = timezone.now()
        export = Export.objects.create(
            user=person, name=f"{person.pk}.zip", ready_at=now, expires_at=now + timedelta(hours=1)
        )
        path_of(export).write_bytes(b"PK")

    def _editions(self) -> dict[str, Edition]:
        """Sent to all and to the closed group, and one that is still written."""
        now = timezone.now()
        sent = {"confirmed_at": now, "starts_at": now}
        words = {"author": self.author, "title": "Spring", "content": "x", "content_html": "<p>x</p>"}
        fields: dict[str, dict[str, Any]] = {
            "public": {"segment": Segment.EVERYBODY} | sent,
            "private": {"segment": Segment.GROUP, "group": self.closed} | sent,
            "draft": {"segment": Segment.EVERYBODY},
        }
        return {kind: Edition.objects.create(**words, **more) for kind, more in fields.items()}

    def _membership(self, username: str) -> GroupMembership:
        return GroupMembership.objects.select_related("group").get(group=self.closed, user__username=username)

    def _person(self, username: str) -> User:
        email = f"{username}@example.com"
        person = User.objects.create_user(username, email, PASSWORD, name=username.capitalize())
        EmailAddress.objects.create(user=person, email=email, primary=True)  # else allauth makes it
        return person

    def browser(self, role: str) -> Client:
        """A new one each time: signing out in one must not sign out the next."""
        client = Client()
        client.handler = self._handler  # the middleware is set up once for all
        client.cookies.load(self._keys[role][0])
        return client

    def _key(self, role: str) -> tuple[dict[str, str], str]:
        """A session's cookie, and a token; both dead for `revoked`, and of nobody for `anonymous`."""
        if role == "anonymous":
            return {}, ""
        client = Client()
        client.force_login(self.people[role], backend="django.contrib.auth.backends.ModelBackend")
        cookies = {name: cookie.value for name, cookie in client.cookies.items()}
        token, secret = AuthToken.objects.create(user=self.people[role])
        if role == "revoked":
            client.session.flush()
            token.delete()
        return cookies, secret


# What stands in an address: argument → which thing it names.
def _summary_of(row: Notification) -> Delivery:
    """One that has left, and told of this alone."""
    common: dict[str, Any] = {"recipient_id": row.recipient_id, "channel": "email"}
    summary = Delivery.objects.create(
        **common, state="sent", cadence="daily", window_start=row.created_at, group_key="daily"
    )
    Delivery.objects.create(
        **common, state="skipped", reason="summary", event_id=row.event_id, summary_id=summary.pk,
        notification_id=row.pk, group_key=row.group_key,
    )  # fmt: skip
    return summary


ADDRESS: dict[str, dict[str, str]] = {
    **{
        name: {"pk": "post"}
        for name in ("post", "edit-post", "delete-post", "react", "bookmark", "watch-post", "new-comment")
    },
    **{name: {"pk": "comment"} for name in ("edit-comment", "delete-comment")},
    "post-image": {"pk": "image"},
    "flag": {"kind": "kind", "pk": "post"},
    **{
        name: {"slug": "slug"}
        for name in (
            "group",
            "edit-group",
            "delete-group",
            "join-group",
            "leave-group",
            "watch-group",
            "group-members",
            "group-webhooks",
        )
    },
    "change-member": {"slug": "slug", "pk": "membership"},
    **{
        name: {"username": "username"}
        for name in ("profile", "block-person", "reputation", "api-block", "api-reputation")
    },
    **{
        name: {"post_id": "post"}
        for name in ("api-post", "api-like", "api-bookmark", "api-watch-post", "api-comments")
    },
    "api-reaction": {"post_id": "post", "reaction_type": "type"},
    "api-comment": {"comment_id": "comment"},
    **{name: {"slug": "slug"} for name in ("api-group", "api-watch-group", "api-membership", "api-members")},
    "api-member": {"slug": "slug", "username": "username"},
}
NOTIFICATION = {
    **dict.fromkeys(("open-notification", "why-notification", "fewer", "undo-fewer"), "pk"),
    "api-notification": "notification_id",
    "api-read-notification": "notification_id",
}
ANNOUNCEMENT = {
    "announcement": "pk",
    **{f"{verb}-announcement": "pk" for verb in ("edit", "send", "stop", "delete", "dismiss")},
    "api-announcement": "announcement_id",
    **{f"api-announcement-{verb}": "announcement_id" for verb in ("preview", "send", "stop")},
}
EDITION = {
    "edition": "pk",
    "edition-mail": "pk",
    **{f"{verb}-edition": "pk" for verb in ("edit", "send", "try", "pause", "resume", "stop", "delete")},
    "api-edition": "edition_id",
    **{f"api-edition-{verb}": "edition_id" for verb in ("preview", "try", "send", "pause", "resume", "stop")},
}
CASE = {
    **dict.fromkeys(("case", "hold-case", "decide-case", "answer-appeal"), "pk"),
    **dict.fromkeys(("api-case", "api-hold-case", "api-decide-case", "api-answer-appeal"), "case_id"),
}
DECISION = {"decision": "pk", "api-appeal": "decision_id"}
OWNED: tuple[tuple[Any, dict[str, str], str], ...] = (  # one row of each for everybody
    (Rule, {"forget-rule": "pk", "api-rule": "rule_id"}, "user"),
    (PushSubscription, {"remove-device": "pk", "api-device": "device_id"}, "user"),
    (Export, {"fetch-data": "pk"}, "user"),
    (UserSession, {"end-session": "pk", "api-session": "session_id"}, "user"),
    (TokenUse, {"end-token": "pk", "api-token": "token_id"}, "token__user"),
)
FIXED: dict[str, dict[str, Any]] = {
    **{name: {"pk": 1} for name in ("mfa_edit_webauthn", "mfa_remove_webauthn")},
    **{name: {"name": "like"} for name in ("mail-preview", "mail-frame")},
    "provider-events": {"provider": "postmark"},
    "account_confirm_email": {"key": "nothing"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "nothing"},
}
_WORDS = {"content": "Changed words."}
_SPAM = {"reason": "spam"}
_ANNOUNCEMENT = {"title": "Changed", "content": "Changed words.", "audience": "everybody"}
_EDITION = {"title": "Changed", "content": "Changed words.", "segment": "everybody"}
_CREDENTIALS = {"email": "author@example.com", "password": PASSWORD}
BODIES: dict[tuple[str, str], Any] = {
    ("api-sign-up", "POST"): {"name": "New", "email": "new@example.com", "password": PASSWORD},
    ("api-sign-in", "POST"): _CREDENTIALS,
    ("api-request-code", "POST"): {"email": "nobody@example.com"},
    ("api-request-reset", "POST"): {"email": "nobody@example.com"},
    ("api-reset-password", "POST"): {"email": "nobody", "code": "ABC234", "new_password": PASSWORD},
    ("api-confirm-verification", "POST"): {"code": "x" * 30},
    ("confirm-address", "POST"): {"code": "x" * 30},
    ("api-verify-code", "POST"): {"email": "nobody", "code": "ABC234"},
    ("ask-code", "POST"): {"to": "nobody@example.com"},
    ("api-export", "POST"): {"password": PASSWORD},
    ("api-leave", "POST"): {"password": PASSWORD, "content": "remove"},
    ("leave-site", "POST"): {"content": "remove"},
    ("api-me", "PATCH"): {"bio": "Changed."},
    ("api-own-reputation", "PATCH"): {"is_hidden": True},
    ("choose-reputation", "POST"): {"hide": "1"},
    ("api-posts", "POST"): _WORDS,
    ("api-post", "PATCH"): _WORDS,
    ("api-comments", "POST"): _WORDS,
    ("api-comment", "PATCH"): _WORDS,
    ("api-groups", "POST"): {"name": "Another"},
    ("api-group", "PATCH"): {"description": "Changed."},
    ("api-member", "PATCH"): {"role": "moderator"},
    ("api-notification", "PATCH"): {"saved": True},
    ("api-notifications-bulk", "POST"): {"ids": [10**6], "action": "done"},
    ("api-preferences", "PUT"): {"notification_type": "community", "email_enabled": False},
    ("api-quiet-hours", "PUT"): {"enabled": True},
    ("api-summary-times", "PUT"): {"hour": 18},
    ("api-announcements", "POST"): _ANNOUNCEMENT,
    ("api-announcement", "PATCH"): {"title": "Changed"},
    ("new-announcement", "POST"): _ANNOUNCEMENT,
    ("newsletter", "POST"): {"email": "new@example.com"},
    ("choose-newsletter", "POST"): {"wanted": "1"},
    ("new-edition", "POST"): _EDITION,
    ("edit-edition", "POST"): _EDITION,
    ("api-editions", "POST"): _EDITION,
    ("api-edition", "PATCH"): {"title": "Changed"},
    ("api-subscription", "PUT"): {"subscribed": True},
    ("edit-announcement", "POST"): _ANNOUNCEMENT,
    ("flag", "POST"): _SPAM,
    ("word-rules", "POST"): {"kind": "word", "pattern": "casino", "then": "hold"},
    ("hold-case", "POST"): {"act": "take"},
    ("decide-case", "POST"): {"action": "dismiss"},
    ("api-decide-case", "POST"): {"action": "dismiss"},
    ("answer-appeal", "POST"): {"take_back": "no", "words": "So it is."},
    ("api-answer-appeal", "POST"): {"take_back": False, "words": "So it is."},
    ("decision", "POST"): {"words": "Why?"},
    ("api-appeal", "POST"): {"words": "Why?"},
    ("new-post", "POST"): _WORDS,
    ("edit-post", "POST"): _WORDS,
    ("react", "POST"): {"add": "love"},
    ("bookmark", "POST"): {"add": "1"},
    ("new-comment", "POST"): _WORDS,
    ("edit-comment", "POST"): _WORDS,
    ("new-group", "POST"): {"name": "Another"},
    ("edit-group", "POST"): {"name": "Changed"},
    ("change-member", "POST"): {"act": "moderator"},
    ("edit-profile", "POST"): {
        "name": "Changed", "username": "changed", "time_zone": "UTC", "language": "en",
    },
    ("preferences", "POST"): {},
    ("quiet-hours", "POST"): {"quiet-starts": "22:00", "quiet-ends": "07:00", "quiet-time_zone": "UTC"},
    ("watch-post", "POST"): {"level": "muted"},
    ("watch-group", "POST"): {"level": "muted"},
    ("block-person", "POST"): {"block": "1"},
    ("preset", "POST"): {"preset": "quiet"},
    ("api-preset", "PUT"): {"preset": "quiet"},
    ("group-webhooks", "POST"): {"url": "https://hooks.example/new", "events": "post.created"},
    ("change-webhook", "POST"): {"act": "pause"},
    ("api-devices", "POST"): {
        "endpoint": f"https://{settings.PUSH_SERVICES[0]}/new",
        "keys": {
            "p256dh": "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA"
            "-eFivOM1drMV7Oy7ZAaDe_UfU",
            "auth": "c2l4dGVlbiBieXRlcyBvaw",
        },
    },
    ("api-rules", "PUT"): {"type": "LIKE", "email": True},
    ("api-watch-post", "PUT"): {"level": "watching"},
    ("api-watch-group", "PUT"): {"level": "watching"},
    ("api-blocks", "POST"): {"username": "author"},
    ("theme", "POST"): {"theme": "dark"},
    ("account_login", "POST"): {"login": "author@example.com", "password": "wrong-wrong-wrong"},
    ("account_signup", "POST"): {"name": "New", "email": "new@example.com", "password1": PASSWORD},
    ("account_reset_password", "POST"): {"email": "nobody@example.com"},
}  # fmt: skip
