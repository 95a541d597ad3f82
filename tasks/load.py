"""The numbers of a department's page: what each person has in hand, the backlog, what is late, what was on time.

Everything is read by index and bounded: per person through `task_held` up to MOST tasks each, the backlog from the
kept tally, overdue through `task_due` up to CAP, finished work through `task_closed` for a few days and up to RECENT.
So neither history nor a pile of open work makes the page dearer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import connection

from organization.calendars import calendar_of, today_in
from organization.capacity import Member
from organization.models import Department
from tasks.lists import CAP
from tasks.states import FINISHED, UNFINISHED
from tasks.tallies import Backlog, backlog_of

MOST = 500
RECENT = 500
DAYS = 5
_OPEN = "state IN ({})".format(", ".join(f"'{state}'" for state in UNFINISHED))
_CLOSED = "state IN ({})".format(", ".join(f"'{state}'" for state in FINISHED))

# Who holds anything is found by skipping along `task_held` from one owner to the next, so it costs people, not tasks.
# The department is a bound and part of the order instead of being equal to something: else the planner may walk
# `task_mine` in the same order, through the work of everybody in other departments.
_IN_HAND = f"""WITH RECURSIVE owner (id) AS (
    (SELECT assignee_id FROM tasks_task WHERE department_id >= %(department)s AND department_id <= %(department)s
       AND {_OPEN} AND assignee_id IS NOT NULL ORDER BY department_id, assignee_id LIMIT 1)
    UNION ALL
    SELECT (SELECT assignee_id FROM tasks_task WHERE (department_id, assignee_id) > (%(department)s, owner.id)
       AND department_id <= %(department)s AND {_OPEN} AND assignee_id IS NOT NULL
       ORDER BY department_id, assignee_id LIMIT 1) FROM owner WHERE owner.id IS NOT NULL)
SELECT owner.id, held.* FROM owner CROSS JOIN LATERAL (
    SELECT count(*) AS everything,
      count(*) FILTER (WHERE active) AS tasks,
      COALESCE(sum(minutes) FILTER (WHERE active), 0) AS minutes,
      count(*) FILTER (WHERE state = 'in_progress') AS in_progress,
      COALESCE(sum(minutes) FILTER (WHERE state = 'in_progress' AND NOT late), 0) AS progress_minutes,
      count(*) FILTER (WHERE late) AS overdue,
      COALESCE(sum(minutes) FILTER (WHERE active AND late), 0) AS overdue_minutes,
      count(*) FILTER (WHERE state = 'waiting') AS waiting,
      count(*) FILTER (WHERE state = 'in_review') AS in_review,
      count(*) FILTER (WHERE state = 'planned') AS planned
    FROM (SELECT state, remaining_minutes AS minutes, due_at < %(now)s AS late,
        state IN ('open', 'in_progress') AS active
      FROM tasks_task WHERE department_id = %(department)s AND {_OPEN} AND assignee_id = owner.id
      LIMIT %(most)s + 1) AS work) AS held
WHERE owner.id IS NOT NULL"""

_FIGURES = f"""SELECT late.tasks, late.oldest, closed.done, closed.on_time, closed.seen
FROM (SELECT count(*) AS tasks, min(due_at) AS oldest FROM (SELECT due_at FROM tasks_task
        WHERE department_id = %(department)s AND {_OPEN} AND due_at < %(now)s
        ORDER BY due_at, id LIMIT %(cap)s) AS heads) AS late,
     (SELECT count(*) FILTER (WHERE state = 'done') AS done,
        count(*) FILTER (WHERE state = 'done' AND closed_at <= due_at) AS on_time, count(*) AS seen
      FROM (SELECT state, closed_at, due_at FROM tasks_task WHERE department_id = %(department)s AND {_CLOSED}
        AND closed_at >= %(since)s ORDER BY closed_at DESC, id DESC LIMIT %(recent)s) AS latest) AS closed"""


@dataclass(frozen=True)
class InHand:
    """What one person holds of one department. `tasks` and `minutes` are what can be worked on: open or in progress.

    Minutes are standard ones still to do; `overdue` counts every unfinished task past due. Beyond MOST tasks the
    numbers are those of some MOST of them, and `capped` says so.
    """

    person_id: int
    everything: int = 0
    tasks: int = 0
    minutes: int = 0
    in_progress: int = 0
    progress_minutes: int = 0
    overdue: int = 0
    overdue_minutes: int = 0
    waiting: int = 0
    in_review: int = 0
    planned: int = 0

    @property
    def capped(self) -> bool:
        return self.everything > MOST

    @property
    def movable(self) -> int:
        """What a substitute could get: all but what waits for its review."""
        return self.everything - self.in_review

    @property
    def held_minutes(self) -> int:
        """Claimed and not started, not late: the third part of a load bar."""
        return self.minutes - self.overdue_minutes - self.progress_minutes


@dataclass(frozen=True)
class Figures:
    """Department-wide numbers. `overdue` is counted up to CAP; of finished work RECENT tasks are looked at at most."""

    backlog: Backlog
    overdue: int
    oldest_due: dt.datetime | None
    done: int
    on_time: int
    partly: bool


@dataclass(frozen=True)
class Day:
    """The people's work against their capacity of a day; minutes. Who is not there is left out of both."""

    capacity: int
    held: int

    @property
    def free(self) -> int:
        return max(0, self.capacity - self.held)


def in_hand(department_id: int, now: dt.datetime) -> dict[int, InHand]:
    """What everybody holds of a department, by person, who holds nothing being left out. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_HAND, {"department": department_id, "now": now, "most": MOST})
        return {row[0]: InHand(*(int(value) for value in row)) for row in cursor.fetchall()}


def figures_of(department: Department, now: dt.datetime) -> Figures:
    """The department's figures at `now`. Two statements; `department` comes with site and calendar."""
    values: dict[str, int | dt.datetime] = {
        "department": department.pk,
        "now": now,
        "cap": CAP,
        "since": start_of_days(department, now),
        "recent": RECENT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        overdue, oldest, done, on_time, seen = cursor.fetchone()
    return Figures(backlog_of([department.pk]), overdue, oldest, done, on_time, seen >= RECENT)


def start_of_days(department: Department, now: dt.datetime, days: int = DAYS) -> dt.datetime:
    """Local midnight at which the last `days` working days begin, today among them when it is one."""
    calendar, day = calendar_of(department), today_in(department, now)
    for _ in range(4 * days):
        days -= 1 if calendar.minutes_on(day) else 0
        if not days:
            break
        day -= dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), department.site.zone)


def day_of(members: list[Member], hands: dict[int, InHand]) -> Day:
    """Load and capacity of a department on the day of `members`. Pure."""
    at_work = [member for member in members if member.minutes and not member.gone]
    held = sum(hands[member.person.pk].minutes for member in at_work if member.person.pk in hands)
    return Day(sum(member.minutes for member in at_work), held)


def days_to_clear(backlog: Backlog, day: Day) -> float | None:
    """Days like this one until the backlog is gone at its free capacity; None when nothing is free."""
    if not backlog.minutes:
        return 0.0
    return backlog.minutes / day.free if day.free else None
