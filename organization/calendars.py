"""From written-down calendars to working time: each process keeps the ones in use warm."""

from __future__ import annotations

import datetime as dt
from typing import Any

from organization.models import Department, OfficeCalendar
from organization.working_time import Closure, Window, WorkingCalendar, calendar_for

_warm: dict[tuple[Any, ...], WorkingCalendar] = {}
KEPT = 200


def calendar_of(department: Department) -> WorkingCalendar:
    """The working calendar of a department (its site's zone and holidays, its calendar's windows and closures).

    `department` should come with `site` and `calendar` selected; then a warm one costs no statement.
    Raises ValueError for a calendar without any window.
    """
    site, calendar = department.site, department.calendar
    key = (
        calendar.pk,
        calendar.revision,
        calendar.observes_holidays,
        site.time_zone,
        site.country,
        site.subdivision,
    )
    known = _warm.get(key)
    if known is None:
        if len(_warm) >= KEPT:
            _warm.clear()
        known = _warm[key] = build(calendar, site.time_zone, site.country, site.subdivision)
    return known


def build(calendar: OfficeCalendar, zone: str, country: str, subdivision: str) -> WorkingCalendar:
    """Read windows and closures of a calendar and make its arithmetic for a place. Two statements."""
    observed = calendar.observes_holidays and country
    return WorkingCalendar(
        zone,
        [Window(row.weekday, row.start, row.end) for row in calendar.windows.all()],
        calendar_for(country, subdivision) if observed else (),
        [Closure(row.day, row.start, row.end) for row in calendar.closures.all()],
    )


def today_in(department: Department, instant: dt.datetime) -> dt.date:
    """The local day of a department at an instant."""
    return instant.astimezone(department.site.zone).date()
