"""What became of one event for one person, in sentences: for the command, the API and the admin alike."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import channels
from ..models import Cause, DecidedBy, Delivery, Event, Notification, Switch
from .explain import ByMail, InApp, Reach


class About(TextChoices):
    IN_APP = "in_app", gettext_lazy("In the app")
    EMAIL = "email", gettext_lazy("By email")
    OTHERS = "others", gettext_lazy("By other channels")
    NOW = "now", gettext_lazy("If it happened now")


class Sentence(NamedTuple):
    about: About
    text: str


def sentences(event: Event, reach: Reach) -> Iterator[Sentence]:
    for text in _of_the_inbox(event, reach):
        yield Sentence(About.IN_APP, text)
    for text in _of_the_mail(event, reach):
        yield Sentence(About.EMAIL, text)
    for text in _of_other_channels(reach):
        yield Sentence(About.OTHERS, text)
    for text in _of_now(reach):
        yield Sentence(About.NOW, text)


def life_of(row: Notification) -> Iterator[str]:
    """What its owner has done with it."""
    for column, words in _DEEDS.items():
        if (moment := getattr(row, column)) is not None:
            yield words % {"when": _moment(moment)}


_DEEDS = {
    "seen_at": gettext_lazy("It was seen on %(when)s."),
    "read_at": gettext_lazy("It was read on %(when)s."),
    "saved_at": gettext_lazy("It was saved on %(when)s."),
    "snoozed_until": gettext_lazy("It is snoozed until %(when)s."),
    "done_at": gettext_lazy("It was done on %(when)s."),
    "deleted_at": gettext_lazy("It was deleted on %(when)s."),
}


def _of_the_inbox(event: Event, reach: Reach) -> Iterator[str]:
    yield str(reach.in_app.label)
    if reach.row is not None:
        yield from life_of(reach.row)
    if reach.in_app == InApp.ENDED:
        yield _because(Event.Outcome(event.outcome).label if event.outcome else _("no reason is stored"))
    if reach.elsewhere is not None:
        yield _("That was event %(id)s, %(kind)s.") % {"id": reach.elsewhere.pk, "kind": reach.elsewhere.kind}
    if reach.in_app_by is not None:
        yield _by(reach.in_app_by)


def _of_the_mail(event: Event, reach: Reach) -> Iterator[str]:
    if reach.delivery is not None:
        yield from _of_a_delivery(reach, reach.delivery)
    else:
        yield str(reach.by_mail.label)
        if reach.by_mail == ByMail.DECIDED:
            yield _because(Event.Mail(event.mail).label)
    if reach.mail_by is not None:
        yield _by(reach.mail_by)
    if reach.summary is not None:
        yield _("The summary that tells of it is delivery %(id)s.") % {"id": reach.summary.pk}
        yield from _of_a_delivery(reach, reach.summary)
    for bounce in reach.bounces:
        yield _("It came back on %(when)s: %(cause)s. %(words)s") % {
            "when": _moment(bounce.received_at),
            "cause": Cause(bounce.cause).label,
            "words": bounce.words,
        }


def _of_other_channels(reach: Reach) -> Iterator[str]:
    for delivery in reach.others:
        yield _("%(channel)s, delivery %(id)s.") % {"channel": delivery.channel, "id": delivery.pk}
        yield from _of_a_delivery(reach, delivery)
        yield _by(DecidedBy(delivery.decided_by))


def _of_a_delivery(reach: Reach, delivery: Delivery) -> Iterator[str]:
    state = Delivery.State(delivery.state)
    if delivery.channel == "email" or delivery.address:
        yield _("The mail is in this state: %(state)s.") % {"state": state.label}
    else:
        yield _("It is in this state: %(state)s.") % {"state": state.label}
    if delivery.reason:
        yield _because(Delivery.Reason(delivery.reason).label)
    if state == Delivery.State.PENDING:
        yield _("It is due on %(when)s.") % {"when": _moment(delivery.due_at)}
    elif delivery.ended_at is not None:
        yield _("It ended on %(when)s.") % {"when": _moment(delivery.ended_at)}
    for deed in reach.deeds.get(delivery.pk, []):
        yield _("On %(when)s, %(who)s: %(words)s") % {
            "when": _moment(deed.action_time),
            "who": deed.user,
            "words": deed.change_message,
        }
    if delivery.last_error:
        yield _("The last error was: %(error)s") % {"error": delivery.last_error}


def _of_now(reach: Reach) -> Iterator[str]:
    now = reach.now
    if reach.in_app == InApp.MAILING:
        return
    if now is None:
        yield _("This version of the site knows no such kind.")
        return
    if reach.now_refused is not None:
        yield _("Nothing would come, because: %(why)s.") % {"why": reach.now_refused.label}
        return
    in_app = _("It would be in the inbox.") if now.in_app else _because(now.outcome.label)
    yield f"{in_app} {_by(now.in_app_by)}"
    if now.push is not None and any(channel.switch == Switch.PUSH for channel in channels.in_use()):
        push = _("It would be pushed.") if now.push == Event.Mail.QUEUED else _because(now.push.label)
        yield f"{push} {_by(now.push_by)}"
    if now.mail is None:
        yield _("This kind is not mailed.")
        return
    yield f"{_mail_now(reach, now.mail)} {_by(now.mail_by)}"
    if now.mail == Event.Mail.QUEUED and reach.quiet_until is not None:
        yield _("The mail would wait for the end of quiet hours, on %(when)s.") % {
            "when": _moment(reach.quiet_until)
        }


def _mail_now(reach: Reach, mail: Event.Mail) -> str:
    if mail == Event.Mail.SUMMARY and reach.summary_at is not None:
        words = _("It would join the summary that leaves on %(when)s.")
        return words % {"when": _moment(reach.summary_at)}
    if mail != Event.Mail.QUEUED:
        return _because(mail.label)
    if reach.now_stopped is not None:
        return _because(reach.now_stopped.label)
    seconds = settings.NOTIFICATION_EMAIL_DELAY_SECONDS
    if not seconds or reach.is_urgent:
        return _("It would be mailed.")
    return _("It would be mailed after %(seconds)d seconds, if it is not read by then.") % {
        "seconds": seconds
    }


def _because(why: object) -> str:
    return _("The reason: %(why)s.") % {"why": why}


def _by(rule: DecidedBy) -> str:
    return _("What decided: %(rule)s.") % {"rule": rule.label}


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
