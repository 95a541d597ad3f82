"""Due, start-by and urgency of a task, from its department's calendar.

start-by = due minus the standard minutes still to do; urgent-at = start-by moved by the priority's fixed span; all
in working time, so the order of the queue stays right while time passes and no row is rewritten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from organization.calendars import calendar_of
from organization.models import Department
from records.models import Event
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


def begin_of(department: Department, day: dt.date, time: dt.time | None = None) -> dt.datetime:
    """A moment of a day: at `time` in the reader's zone; without it when work begins in the department on that day,
    midnight there on a day without work."""
    if time:
        return dt.datetime.combine(day, time, timezone.get_current_timezone())
    windows = calendar_of(department).windows_on(day)
    return windows[0][0] if windows else dt.datetime.combine(day, dt.time(), department.site.zone)


def set_clock(task: Task) -> None:
    """Compute start-by and urgent-at of `task` in place from its due time."""
    calendar = calendar_of(task.department)
    task.start_by = calendar.add_minutes(task.due_at, -task.remaining_minutes)
    task.urgent_at = calendar.add_minutes(task.start_by, SHIFT[task.priority])
    task.clock_key = key_of(task)


def set_due_from_target(task: Task, waited: int = 0) -> None:
    """Make due anew: the target, from opening or (where that is later) from the day it may begin.

    `waited` is how many working minutes it waited for somebody outside since (`waited_minutes`).
    """
    begin = max(task.opened_at, task.ready_at) if task.ready_at else task.opened_at
    task.due_at = calendar_of(task.department).add_minutes(begin, task.procedure.target_minutes + waited)


def follow_hours(task: Task, waited: int) -> None:
    """Make due anew after its calendar or target changed: a target is counted again, a due date ends as the day does.

    A due time somebody set stays, and so does every one when only the standard minutes changed.
    """
    before, now = task.clock_key.split("."), key_of(task).split(".")
    if task.due_from_target and (before[0], before[-1]) != (now[0], now[-1]):
        set_due_from_target(task, waited)
    elif task.due_is_date and before[0] != now[0]:
        # A day may end at midnight, which is the next day's first instant.
        last = (task.due_at - dt.timedelta(microseconds=1)).astimezone(task.department.site.zone)
        task.due_at = due_on(task, last.date())


def due_on(task: Task, day: dt.date) -> dt.datetime:
    """The instant (UTC) at which a due date ends: the end of that working day in the department's zone."""
    return calendar_of(task.department).end_of_working_day(day)


def extend_for_wait(task: Task, since: dt.datetime, until: dt.datetime) -> int:
    """Move a due time that came from a target by the waited working minutes when the reason was outside.

    Returns those minutes; the verb writes them to its event as "waited".
    """
    if not task.due_from_target or task.waiting_kind not in OUTSIDE_REASONS:
        return 0
    calendar = calendar_of(task.department)
    waited = max(0, calendar.minutes_between(since, until))
    task.due_at = calendar.add_minutes(task.due_at, waited)
    return waited


def waited_minutes(task_id: int) -> int:
    """Working minutes by which waits have moved the target of a task, but for those undone. One statement."""
    ends = Event.objects.filter(task_id=task_id, payload__body__has_key="waited", reversed_by__isnull=True)
    return sum(ends.values_list("payload__body__waited", flat=True))


def remaining_of(steps: Iterable[Any], marked: set[int], standard: int) -> int:
    """Standard minutes still to do: the sum of unmarked steps where steps carry minutes, else the whole."""
    timed = [step for step in steps if step.minutes is not None]
    if not timed:
        return standard
    return sum(step.minutes for step in timed if step.pk not in marked)


def minutes_left(task: Task, now: dt.datetime) -> int:
    """Working minutes until due; negative when overdue. `task.department` comes with site and calendar."""
    return calendar_of(task.department).minutes_between(now, task.due_at)
