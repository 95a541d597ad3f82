"""When a schedule is due: local times of its zone, by python-dateutil's recurrence rules (RFC 5545). Pure.

A local time that the clock jumps over happens at the same distance from midnight as if it had not jumped (an hour later
on the clock); one that comes twice happens the first time: each local day has exactly one occurrence (PEP 495, fold 0).
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule

from reports.models import Schedule

ONE_DAY = dt.timedelta(days=1)


def _rule(schedule: Schedule, begin: dt.datetime) -> rrule:
    """The local, naive times from `begin` on. A day of the month that a month has not is its last one."""
    if schedule.every == Schedule.Every.DAY:
        return rrule(DAILY, dtstart=begin)
    if schedule.every == Schedule.Every.WEEK:
        return rrule(WEEKLY, dtstart=begin, byweekday=schedule.weekday)
    if schedule.day <= 28:
        return rrule(MONTHLY, dtstart=begin, bymonthday=schedule.day)
    return rrule(MONTHLY, dtstart=begin, bymonthday=tuple(range(28, schedule.day + 1)), bysetpos=-1)


def first_after(schedule: Schedule, instant: dt.datetime) -> dt.datetime:
    """The first occurrence (UTC) after an instant (aware)."""
    zone = ZoneInfo(schedule.time_zone)
    # A month before, as bysetpos looks at whole months only from the one it begins in.
    begin = dt.datetime.combine(instant.astimezone(zone).date() - 32 * ONE_DAY, schedule.at)
    for local in _rule(schedule, begin.replace(day=1)):
        found = local.replace(tzinfo=zone).astimezone(dt.UTC)
        if found > instant:
            return found
    raise AssertionError("a rule without an end ended")


def last_until(schedule: Schedule, instant: dt.datetime) -> dt.datetime:
    """The last occurrence (UTC) not after an instant (aware) that is not before the schedule's next one.

    What was missed before it is skipped: after an outage a report is made once.
    """
    found = following = schedule.next_at
    while following <= instant:
        found, following = following, first_after(schedule, following)
    return found
