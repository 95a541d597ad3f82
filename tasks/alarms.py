"""When something is to be said about a task's clock, and when next. No statement.

| said | when | of what |
|---|---|---|
| due soon | the procedure's lead (working time) before due | open, in progress, waiting work somebody has |
| start-by passed | start-by | open work somebody has: who has begun needs no telling |
| overdue | due | open, in progress, waiting, in review |
| escalated | the procedure's span (working time) after due | the same |

Planned work is silent until its time comes. So is what waits for somebody outside under a target: its clock stands
still, and the due time moves on when it goes on (domain.md, "Time"). Finished work is silent.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from organization.calendars import calendar_of
from organization.working_time import NoWorkingTime
from tasks.states import OUTSIDE_REASONS, State

if TYPE_CHECKING:
    from tasks.models import Task

DUE_SOON, START_BY, OVERDUE, ESCALATED = "due_soon", "start_by", "overdue", "escalated"
SEVERITY = {DUE_SOON: 0, START_BY: 1, OVERDUE: 2, ESCALATED: 3}
_RUNNING = frozenset({State.OPEN, State.IN_PROGRESS, State.WAITING, State.IN_REVIEW})


def moments(task: Task) -> list[tuple[str, dt.datetime]]:
    """What there is to say about a task as it is, and when (UTC); the past is in it too.

    `task` comes with its procedure, and its department with site and calendar.
    """
    state = task.state
    if state not in _RUNNING or _stands_still(task):
        return []
    found = [(OVERDUE, task.due_at)]
    if task.assignee_id is not None and state != State.IN_REVIEW:
        _add(found, DUE_SOON, task, -task.procedure.remind_minutes)
        if state == State.OPEN:
            found.append((START_BY, task.start_by))
    _add(found, ESCALATED, task, task.procedure.escalate_minutes)
    return found


def _stands_still(task: Task) -> bool:
    return task.state == State.WAITING and task.due_from_target and task.waiting_kind in OUTSIDE_REASONS


def _add(found: list[tuple[str, dt.datetime]], kind: str, task: Task, minutes: int) -> None:
    if not minutes:
        return
    try:
        found.append((kind, calendar_of(task.department).add_minutes(task.due_at, minutes)))
    except NoWorkingTime:  # nobody works there within ten years of it
        return


def next_alarm(task: Task, now: dt.datetime) -> dt.datetime | None:
    """When something is next to be said: the first moment ahead of `now`, or the one that came and is not said yet.

    Moments that are past as a task is opened or its times are set are nobody's news: they are never said.
    """
    pending = task.alarm_at if task.alarm_at is not None and task.alarm_at <= now else None
    return min((at for _, at in moments(task) if at > now or (pending is not None and at >= pending)), default=None)


def is_right(task: Task, now: dt.datetime) -> bool:
    """Is the alarm of a task the one a recount gives: the first moment ahead, or one that came and is not said?"""
    come = task.alarm_at is not None and task.alarm_at <= now
    return task.alarm_at == next_alarm(task, now) and (not come or task.alarm_at in {at for _, at in moments(task)})
