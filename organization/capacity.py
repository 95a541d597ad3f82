"""How much standard work a department's members can do on a day: their minutes of the weekday, less what is closed
and less what they are away for.

Membership says how many minutes a person works on a weekday, not when. They are taken to lie evenly over the
department's usual hours of that weekday, so somebody away for half of these hours has half of the minutes left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core import clock
from organization.calendars import calendar_of, today_in
from organization.models import Absence, Department, Membership, User
from organization.models.departments import Role
from organization.spans import Span, without
from organization.wall_clock import MINUTE, as_utc, to_micros
from organization.working_time import WorkingCalendar

AHEAD = 14  # days to look for the next working day


@dataclass(frozen=True)
class Member:
    """A member of a department on one of its local days. Minutes are standard minutes of that day.

    `usual` is what the membership says, `minutes` what is left of it; `away` is the absence in force at the moment
    (when work begins, for a day to come), `part` one that takes another part of the day, `gone` says that after `away`
    they do not come back on that day.
    """

    person: Any
    role: str
    usual: int
    minutes: int
    away: Absence | None = None
    part: Absence | None = None
    gone: bool = False

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER


def capacity_on(
    calendar: WorkingCalendar, day: dt.date, minutes: Sequence[int], away: Iterable[tuple[dt.datetime, dt.datetime]]
) -> int:
    """What is left of a person's minutes on a local day of `calendar`, rounded down.

    `minutes` holds those of Monday to Sunday; `away` are spans of aware instants, end exclusive. Holidays and closures
    are the calendar's. A weekday on which the calendar has no hours has no capacity.
    """
    usual = calendar.usual_minutes(day.weekday()) * MINUTE
    if not usual:
        return 0
    present: Sequence[Span] = [(to_micros(low), to_micros(high)) for low, high in calendar.windows_on(day)]
    for start, end in away:
        present = without(present, (to_micros(as_utc(start)), to_micros(as_utc(end))))
    # A day on which clocks go back may be longer than usual, the person's minutes are not.
    worked = min(usual, sum(high - low for low, high in present))
    return minutes[day.weekday()] * worked // usual


def working_day(department: Department, now: dt.datetime | None = None) -> dt.date:
    """The local day one plans for: today where it has working hours, else the next day that has (in two weeks).

    `department` comes with site and calendar selected.
    """
    calendar, today = calendar_of(department), today_in(department, now or clock.now())
    days = (today + dt.timedelta(days=ahead) for ahead in range(AHEAD + 1))
    return next((day for day in days if calendar.minutes_on(day)), today)


def members_on(department: Department, day: dt.date, now: dt.datetime | None = None) -> list[Member]:
    """The active members of a department on a local day, today or to come, by name. Three statements.

    `department` comes with site and calendar selected.
    """
    memberships = _memberships_on(department, day)
    absences = _absences_on(department, day, [row.person_id for row in memberships])
    calendar = calendar_of(department)
    begins = [low for low, _high in calendar.windows_on(day)[:1]]
    at = max([now or clock.now(), *begins])
    return [_member(row, absences.get(row.person_id, []), calendar, day, at) for row in memberships]


def _memberships_on(department: Department, day: dt.date) -> list[Membership]:
    """With their people, looked up by id: joined, the planner would read the whole office for one department."""
    rows = list(Membership.objects.on(day).filter(department_id=department.pk))
    people = User.objects.active().in_bulk([row.person_id for row in rows]) if rows else {}
    found = [row for row in rows if row.person_id in people]
    for row in found:
        row.person = people[row.person_id]
    return sorted(found, key=lambda row: (row.person.folded_name, row.person_id))


def _member(
    row: Membership, absences: list[Absence], calendar: WorkingCalendar, day: dt.date, at: dt.datetime
) -> Member:
    past = [one for one in absences if one.ends_at <= at]
    ahead = [one for one in absences if one.starts_at > at]
    away = next((one for one in absences if one.starts_at <= at < one.ends_at), None)
    return Member(
        person=row.person,
        role=row.role,
        usual=row.minutes[day.weekday()],
        minutes=capacity_on(calendar, day, row.minutes, [(one.starts_at, one.ends_at) for one in absences]),
        away=away,
        part=next(iter(ahead + past), None),
        gone=away is not None and not any(high > away.ends_at for _, high in calendar.windows_on(day)),
    )


def _absences_on(department: Department, day: dt.date, people: list[int]) -> dict[int, list[Absence]]:
    """Absences of `people` that touch a local day of the department, in order, with their substitutes."""
    zone = department.site.zone
    start = dt.datetime.combine(day, dt.time(), zone)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    rows = Absence.objects.overlapping(start, end).filter(person__in=people).select_related("substitute")
    found: dict[int, list[Absence]] = {}
    for row in rows.order_by("starts_at"):
        found.setdefault(row.person_id, []).append(row)
    return found
