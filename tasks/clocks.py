"""Due, start-by and urgency of a task, from its department's calendar.

start-by = due minus the standard minutes still to do; urgent-at = start-by moved by the priority's fixed span; all
in working time, so the order of the queue stays right while time passes and no row is rewritten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from organization.calendars import calendar_of
from tasks.states import OUTSIDE_REASONS, Priority

if TYPE_CHECKING:
    from tasks.models import Task

# Working minutes by which a priority moves a task in the queue; fixed, so that everything ages at the same rate.
SHIFT: dict[int, int] = {Priority.URGENT: -1920, Priority.HIGH: -480, Priority.NORMAL: 0, Priority.LOW: 960}


def key_of(task: Task) -> str:
    """Fingerprint of what the clock of a task comes from; another one means it must be computed anew."""
    calendar = calendar_of(task.department)
    procedure = task.procedure
    return f"{calendar.fingerprint[:20]}.{procedure.standard_minutes}.{procedure.target_minutes}"


def set_clock(task: Task, *, from_instant: dt.datetime | None = None) -> None:
    """Compute start-by and urgent-at of `task` in place, and due first when it comes from the target.

    `from_instant` (aware) is where the target begins and makes due anew; without it due stays as it is.
    """
    calendar = calendar_of(task.department)
    if task.due_from_target and from_instant is not None:
        task.due_at = calendar.add_minutes(from_instant, task.procedure.target_minutes)
    task.start_by = calendar.add_minutes(task.due_at, -task.remaining_minutes)
    task.urgent_at = calendar.add_minutes(task.start_by, SHIFT[task.priority])
    task.clock_key = key_of(task)


def due_on(task: Task, day: dt.date) -> dt.datetime:
    """The instant (UTC) at which a due date ends: the end of that working day in the department's zone."""
    return calendar_of(task.department).end_of_working_day(day)


def extend_for_wait(task: Task, since: dt.datetime, until: dt.datetime) -> None:
    """Move a due time that came from a target by the waited working minutes when the reason was outside."""
    if task.due_from_target and task.waiting_kind in OUTSIDE_REASONS:
        calendar = calendar_of(task.department)
        task.due_at = calendar.add_minutes(task.due_at, max(0, calendar.minutes_between(since, until)))


def remaining_of(steps: Iterable[Any], marked: set[int], standard: int) -> int:
    """Standard minutes still to do: the sum of unmarked steps where steps carry minutes, else the whole."""
    timed = [step for step in steps if step.minutes is not None]
    if not timed:
        return standard
    return sum(step.minutes for step in timed if step.pk not in marked)


def minutes_left(task: Task, now: dt.datetime) -> int:
    """Working minutes until due; negative when overdue. `task.department` comes with site and calendar."""
    return calendar_of(task.department).minutes_between(now, task.due_at)
