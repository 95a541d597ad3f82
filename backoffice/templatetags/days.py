"""Days and times in templates, in the patterns of the reader's language (`|date:"j M Y"` has but the English one)."""

from __future__ import annotations

import datetime as dt

from django import template

from organization import dates

register = template.Library()


@register.filter(expects_localtime=True)
def day(at: dt.date | None) -> str:
    """A day, or that of an instant in the reader's zone: 23 Nov 2026; empty for None."""
    return dates.plain_day(_date(at)) if at else ""


@register.filter(expects_localtime=True)
def day_and_time(at: dt.datetime | None) -> str:
    """An instant in the reader's zone: 23 Nov 2026 13:52; empty for None."""
    return f"{day(at)} {dates.time(at)}" if at else ""


@register.filter(expects_localtime=True)
def weekday(at: dt.date | None) -> str:
    """A day of these weeks: Mon 23 Nov; empty for None."""
    return dates.weekday_and_day(_date(at)) if at else ""


@register.filter(expects_localtime=True)
def weekday_and_time(at: dt.datetime | None) -> str:
    """An instant of these weeks in the reader's zone: Mon 23 Nov 13:52; empty for None."""
    return f"{weekday(at)} {dates.time(at)}" if at else ""


def _date(at: dt.date) -> dt.date:
    return at.date() if isinstance(at, dt.datetime) else at
