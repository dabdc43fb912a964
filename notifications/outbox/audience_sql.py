"""Who of an audience is told, and how: the set-based twin of `preferences.decide`.

Almost nobody chose anything narrower than a category, and what holds for them is said in SQL. The few who
did are left to the resolver, one by one, in `steered.py`.

Conditions on `people.user_id`, each with its parameters. What tells an audience and what says beforehand
whom it would reach both stand on these, so that the second cannot promise what the first does not do; a
test holds them together with the decision for one person.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from ..channels.base import Channel
from ..kinds import Kind
from ..models import Event, Frequency, NotificationPreference, Switch
from ..sql import rows_clause

Condition = tuple[str, list[Any]]
NO_ADDRESS = "no_address"


def unsteered(user_ids: Iterable[int]) -> Condition:
    """True for those whom the other conditions speak for: all but these, who are decided about one by one."""
    rows, param = rows_clause("user_id bigint", [(user_id,) for user_id in user_ids])
    return f"people.user_id NOT IN {rows}", [param]


def in_app(kind: Kind) -> Condition:
    """True for all but those who opted out, who are found through a partial index of opt-outs alone."""
    sql = """
        NOT EXISTS (
            SELECT 1 FROM notifications_notificationpreference p
            WHERE p.notification_type = %s AND p.user_id = people.user_id AND NOT p.in_app_enabled
        )
    """
    return sql, [kind.category]


def mail(kind: Kind) -> Condition:
    """`queued`, or why not: one of Event.Mail, or NO_ADDRESS."""
    people = get_user_model()
    summed_up = f"WHEN p.email_frequency <> '{Frequency.INSTANT}' THEN '{Event.Mail.SUMMARY}'"
    by_frequency = f"{'' if kind.is_urgent else summed_up} ELSE '{Event.Mail.QUEUED}'"
    sql = f"""
        (
            SELECT CASE
                WHEN u.{people.get_email_field_name()} = '' OR NOT u.is_active THEN '{NO_ADDRESS}'
                WHEN NOT p.email_enabled THEN '{Event.Mail.OPTED_OUT}'
                {by_frequency if kind.mailed_by_default else f"ELSE '{Event.Mail.NOT_ASKED}'"}
            END
            FROM {people._meta.db_table} u
            LEFT JOIN notifications_notificationpreference p
                ON p.user_id = u.id AND p.notification_type = %s
            WHERE u.id = people.user_id
        )
    """  # nosec B608 # names are ours, values are parameters
    return sql, [kind.category]


def with_summaries(kind: Kind, people: QuerySet[Any]) -> QuerySet[Any]:
    """Those who chose how often they get mail of this category: few, and found without asking the others."""
    chosen = NotificationPreference.objects.filter(notification_type=kind.category)
    return people.filter(user_id__in=chosen.exclude(email_frequency=Frequency.INSTANT).values("user"))


def wanted_by(kind: Kind, channel: type[Channel], how: Event.Mail = Event.Mail.QUEUED) -> Condition:
    """True for those who are told by this channel: at once, or in the summary that they chose."""
    if channel.switch == Switch.EMAIL:
        sql, params = mail(kind)
        return f"{sql} = '{how}'", params
    sql, reached_params = channel.reaches().order_by().query.sql_with_params()
    condition = f"""
        EXISTS (SELECT 1 FROM ({sql}) AS reached WHERE reached.user_id = people.user_id)
        AND NOT EXISTS (
            SELECT 1 FROM notifications_notificationpreference p
            WHERE p.notification_type = %s AND p.user_id = people.user_id AND NOT p.push_enabled
        )
    """  # nosec B608 # names are ours, values are parameters
    return condition, [*reached_params, kind.category]


def comes_by_itself(kind: Kind, switch: Switch) -> bool:
    """To those who chose nothing narrower than a category."""
    return kind.mailed_by_default if switch == Switch.EMAIL else kind.pushed_by_default
