"""What somebody writes meets the limits of new members and the rules of the staff, before it is kept."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.happenings import describing
from accounts.models import User
from community.happenings import writing
from community.judging import Judgement, Writing
from community.models import Withheld

from .limits import check_limits
from .matching import Text, matching
from .models import WordRule
from .reasons import Reason
from .subjects import subject_of

Then = WordRule.Then


def judge(writing: Writing, judgement: Judgement, **kwargs: Any) -> None:
    check_limits(writing)
    for rule in _found_in(writing.fields):
        if rule.then == Then.HOLD:
            judgement.withheld = Withheld.HELD
        judgement.afterwards.append(partial(_flag, rule.pattern))


def judge_profile(user: User, fields: Mapping[str, str], **kwargs: Any) -> None:
    """There is no holding back of somebody: what would be held is flagged."""
    for rule in _found_in(fields):
        _flag(rule.pattern, user)


def _found_in(fields: Mapping[str, str]) -> list[WordRule]:
    """Raises ValidationError, at its field, for what is refused."""
    rules = list(WordRule.objects.all())
    found: list[WordRule] = []
    for name, text in fields.items() if rules else ():
        for rule in matching(rules, Text.of(text)):
            if rule.then == Then.REFUSE:
                raise ValidationError({name: _("“%(words)s” cannot be posted here.") % {"words": rule}})
            found.append(rule)
    return found


def _flag(pattern: str, thing: Any) -> None:
    from .actions import gather

    gather(subject_of(thing), Reason.RULE, pattern, flagger=None)


def connect() -> None:
    writing.connect(judge, dispatch_uid="moderation.judge")
    describing.connect(judge_profile, dispatch_uid="moderation.judge_profile")
