"""How days and instants are said to people: short in a row, whole in titles, in the reader’s zone and language."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.utils.dateformat import format as written
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext

NEAR = dt.timedelta(days=7)


@lru_cache(maxsize=4096)
def _day(at: dt.date, context: str, language: str) -> str:
    """A day written in the pattern of a language; few days are written often."""
    patterns = {
        "weekday": pgettext("date format: weekday and day", "D j"),
        "month": pgettext("date format: day and month", "j M"),
        "plain": pgettext("date format: a date as a value", "j M Y"),
        "year": pgettext("date format: day, month, year", "j M Y"),
        "whole": pgettext("date format: whole day", "l j F Y"),
        "name": pgettext("date format: weekday", "D"),
        "near": pgettext("date format: weekday, day, month", "D j M"),
    }
    return written(at, patterns[context])


def day(at: dt.date, today: dt.date) -> str:
    """A day as short as it stays clear: Mon 23, 26 Nov, 26 Nov 2025."""
    near = abs(at - today) < NEAR
    return _day(at, "weekday" if near else "month" if at.year == today.year else "year", get_language() or "")


def plain_day(at: dt.date) -> str:
    """A day as a value: 23 Nov 2026."""
    return _day(at, "plain", get_language() or "")


def weekday_and_day(at: dt.date) -> str:
    """A day of these weeks: Mon 23 Nov."""
    return _day(at, "near", get_language() or "")


def time(at: dt.datetime) -> str:
    """The time of an instant: 09:50."""
    return f"{at:%H:%M}"


def moment(at: dt.datetime, now: dt.datetime) -> str:
    """The time of a moment of today, else its day. Both in the reader’s zone."""
    return time(at) if at.date() == now.date() else day(at.date(), now.date())


def day_and_time(at: dt.datetime, now: dt.datetime) -> str:
    """10:31 today, Wed 16:10 within the week, 18 Nov 09:24 else."""
    if at.date() == now.date():
        return time(at)
    if abs(at.date() - now.date()) < NEAR:
        return f"{_day(at.date(), 'name', get_language() or '')} {time(at)}"
    return f"{day(at.date(), now.date())} {time(at)}"


def whole_day(at: dt.date) -> str:
    """The day with everything: Monday 23 November 2026."""
    return _day(at, "whole", get_language() or "")


def whole(at: dt.datetime) -> str:
    """The instant with everything: Monday 23 November 2026, 13:52."""
    return f"{whole_day(at.date())}, {time(at)}"


def stamp(at: dt.datetime, now: dt.datetime) -> SafeString:
    """A <time> that is short to read and exact in its attributes. Both instants in the reader’s zone."""
    near = abs(at.date() - now.date()) < NEAR
    said = day_and_time(at, now) if near else day(at.date(), now.date())
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(timespec="minutes"), whole(at), said)
