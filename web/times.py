"""Times as people say them."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def clock(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "TIME_FORMAT")


def ago(moment: datetime, now: datetime) -> str:
    """`moment` seen from `now`: minutes, hours, "yesterday, 19:40", then the date."""
    age = now - moment
    if age < timedelta(minutes=1):  # a clock a little ahead of ours is "just now" too
        return _("just now")
    if age < timedelta(hours=1):
        minutes = age // timedelta(minutes=1)
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    there, here = timezone.localtime(moment), timezone.localtime(now)
    if age < timedelta(hours=12) or there.date() == here.date():
        hours = age // timedelta(hours=1)
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    if there.date() == here.date() - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": clock(moment)}
    if there.year == here.year:
        return date_format(there, "MONTH_DAY_FORMAT")
    return date_format(there, "DATE_FORMAT")


def ahead(moment: datetime, now: datetime) -> str:
    """A moment to come: "today, 18:00", "tomorrow, 8:00", "Monday, 8:00", then the date."""
    there, here = timezone.localtime(moment), timezone.localtime(now)
    days = (there.date() - here.date()).days
    if days <= 0:
        day = _("today")
    elif days == 1:
        day = _("tomorrow")
    elif days < 7:
        day = date_format(there, "l")
    else:
        day = date_format(there, "MONTH_DAY_FORMAT" if there.year == here.year else "DATE_FORMAT")
    return _("%(day)s, %(time)s") % {"day": day, "time": clock(moment)}
