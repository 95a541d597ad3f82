"""Days a report is about, and when they begin and end in a zone. Pure.

A day is a local day: it begins at the first instant whose wall clock shows it, and may last 23, 24 or 25 hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

ONE_DAY = dt.timedelta(days=1)
LONGEST = 366 * 5 + 2  # days
Days = tuple[dt.date, dt.date]


class Period(models.TextChoices):
    LAST_MONTH = "last_month", _("last month")
    THIS_MONTH = "this_month", _("this month so far")
    LAST_WEEK = "last_week", _("last week, Monday to Sunday")
    LAST_QUARTER = "last_quarter", _("last quarter")
    YESTERDAY = "yesterday", _("yesterday")
    DATES = "dates", _("from one day to another")


def _last_month(today: dt.date) -> Days:
    last = today.replace(day=1) - ONE_DAY
    return last.replace(day=1), last


def _last_week(today: dt.date) -> Days:
    monday = today - dt.timedelta(days=today.weekday() + 7)
    return monday, monday + 6 * ONE_DAY


def _last_quarter(today: dt.date) -> Days:
    begin = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    last = begin - ONE_DAY
    return last.replace(month=last.month - 2, day=1), last


_KNOWN: dict[str, Callable[[dt.date], Days]] = {
    Period.LAST_MONTH: _last_month,
    Period.THIS_MONTH: lambda today: (today.replace(day=1), today),
    Period.LAST_WEEK: _last_week,
    Period.LAST_QUARTER: _last_quarter,
    Period.YESTERDAY: lambda today: (today - ONE_DAY, today - ONE_DAY),
}


def days_of(period: str, today: dt.date) -> Days:
    """First and last day of a period as seen on `today`. Raises KeyError for one that needs dates."""
    return _KNOWN[period](today)


def next_week(today: dt.date) -> Days:
    """Monday and Sunday of the week after the one of `today` (ISO 8601 weeks)."""
    monday = today + dt.timedelta(days=7 - today.weekday())
    return monday, monday + 6 * ONE_DAY


def this_week(today: dt.date) -> Days:
    """Monday and Sunday of the week of `today`."""
    monday = today - dt.timedelta(days=today.weekday())
    return monday, monday + 6 * ONE_DAY


def begin_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """The instant (UTC) at which a local day begins.

    Where the clock jumps over midnight it is the jump (PEP 495: the missing time read with the offset before it);
    where midnight comes twice it is the first.
    """
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def bounds_of(days: Days, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """[begin, end) of local days in a zone, as instants (UTC)."""
    first, last = days
    return begin_of(first, zone), begin_of(last + ONE_DAY, zone)
