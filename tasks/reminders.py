"""Saying what the clock of a task has to say: due soon, start-by passed, overdue, escalated.

`Task.alarm_at` is the next instant at which something is to be said (`tasks.alarms`); every verb keeps it. The sweep
takes tasks whose alarm has come in small batches with SKIP LOCKED and writes in one transaction: what was said
(`Reminder`, once for each task, kind and due time), the notices, the raised priority with its event, and the next
alarm. So kills, doubled sweeps and two beats are harmless, and an outage is caught up: of several moments that passed
meanwhile the worst is said, the others are kept as superseded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from core import clock
from organization.calendars import calendar_of
from organization.heads import heads_of
from organization.notices import News, notify
from records import events, runs
from records.models import Run
from tasks import clocks
from tasks.alarms import DUE_SOON, ESCALATED, OVERDUE, SEVERITY, moments, next_alarm
from tasks.models import Task
from tasks.states import UNFINISHED, Priority, State

BATCH = 500
_SAY = """INSERT INTO tasks_reminder (task_id, kind, due_at, moment, said_at, superseded)
    SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::bool[])
    ON CONFLICT (task_id, kind, due_at) DO NOTHING RETURNING task_id, kind, superseded"""
_COLUMNS = {
    "alarm_at": "timestamptz",
    "priority": "smallint",
    "urgent_at": "timestamptz",
    "revision": "int",
    "changed_at": "timestamptz",
}
_WRITE = f"""UPDATE tasks_task t SET {", ".join(f"{name} = n.{name}" for name in _COLUMNS)}
    FROM unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values())})
        AS n (id, {", ".join(_COLUMNS)})
    WHERE t.id = n.id"""


@dataclass(frozen=True)
class Said:
    """A moment of a task that is said now, to whom it concerns."""

    task: Task
    kind: str


Moments = dict[int, list[tuple[str, dt.datetime]]]


def remind(limit: int = BATCH) -> int:
    """Say what is due of up to `limit` tasks, in one transaction; how many tasks were looked at.

    Tasks somebody is changing at this moment are left to the next sweep.
    """
    with transaction.atomic(), events.origin("job"):
        now = clock.now()
        due = Task.objects.filter(alarm_at__lte=now).order_by("alarm_at", "id").locked_for_alarm()
        tasks = list(due[:limit])
        if tasks:
            found = {task.pk: moments(task) for task in tasks}
            said = _say(tasks, found, now)
            with events.together():
                for one in said:
                    if one.kind == ESCALATED:
                        escalate(one.task, now)
            notify(_news(said, now))
            for task in tasks:
                task.alarm_at = min((at for _, at in found[task.pk] if at > now), default=None)
            _write(tasks)
    return len(tasks)


def _say(tasks: list[Task], found: Moments, now: dt.datetime) -> list[Said]:
    """Keep what has come, once and for all; what is said of each task is the worst of it."""
    rows: list[tuple[Any, ...]] = []
    for task in tasks:
        since = task.alarm_at or now
        come = [(kind, at) for kind, at in found[task.pk] if since <= at <= now]
        worst = max((kind for kind, _ in come), key=SEVERITY.__getitem__, default="")
        rows += [(task.pk, kind, task.due_at, at, now, kind != worst) for kind, at in come]
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SAY, [list(column) for column in zip(*rows, strict=True)])
        new = {(task_id, kind) for task_id, kind, superseded in cursor.fetchall() if not superseded}
    return [Said(task, kind) for task in tasks for kind in SEVERITY if (task.pk, kind) in new]


def escalate(task: Task, now: dt.datetime) -> None:
    """Raise the priority of a locked task by one, and with it its place in the queue: the clock's verb.

    What is urgent already stays as it is. Due and start-by stay. The event is written here, the row with its batch.
    """
    if task.priority == Priority.URGENT:
        return
    before = task.priority, task.urgent_at
    task.priority -= 1
    task.urgent_at = calendar_of(task.department).add_minutes(task.start_by, clocks.SHIFT[task.priority])
    task.revision += 1
    task.changed_at = now
    changes = {"priority": [before[0], task.priority], "urgent_at": [before[1], task.urgent_at]}
    events.write(
        "escalate",
        actor=None,
        subject_kind="task",
        subject_id=task.pk,
        task_id=task.pk,
        department_id=task.department_id,
        from_state=task.state,
        to_state=task.state,
        payload={"revision": task.revision, "changes": changes},
    )


def _news(said: list[Said], now: dt.datetime) -> list[News]:
    heads = heads_of({one.task.department_id for one in said if one.task.pk and _concerns_heads(one)}, now)
    return [_told(one, person, now) for one in said for person in _people(one, heads)]


def _concerns_heads(said: Said) -> bool:
    alone = said.task.assignee_id is None or said.task.state == State.IN_REVIEW
    return said.kind == ESCALATED or (said.kind == OVERDUE and alone)


def _people(said: Said, heads: dict[int, list[int]]) -> Iterable[int]:
    """Whom a moment concerns: who has it to do; the managers, where nobody has and of what escalates."""
    task = said.task
    owner = [task.assignee_id] if task.assignee_id and task.state != State.IN_REVIEW else []
    managers = heads.get(task.department_id, []) if _concerns_heads(said) else []
    return dict.fromkeys([*owner, *managers])


def _told(said: Said, person: int, now: dt.datetime) -> News:
    task = said.task
    mine = person == task.assignee_id and task.state != State.IN_REVIEW
    detail = "" if mine else "free" if task.assignee_id is None else "theirs"
    zone = task.department.site.zone
    # A day may end at midnight, which is the next day's first instant.
    day = (task.due_at - dt.timedelta(microseconds=1)).astimezone(zone).date() if task.due_is_date else None
    kind = said.kind
    return News(
        person_id=person,
        kind=kind if mine else "escalated" if kind == ESCALATED else "overdue_here",
        key=f"{kind}:{task.pk}:{task.due_at.isoformat()}",
        subject_kind="task",
        subject_id=task.pk,
        reference=task.reference,
        detail=detail if kind != DUE_SOON else "",
        moment=task.start_by if kind == "start_by" else task.due_at,
        day=None if kind == "start_by" else day,
        urgent=task.priority == Priority.URGENT,
    )


def _write(tasks: list[Task]) -> None:
    """Write what a sweep left of its locked tasks. One statement."""
    columns = [[getattr(task, name) for task in tasks] for name in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [[task.pk for task in tasks], *columns])


@runs.kind("tasks.rearm")
def rearm(run: Run) -> dict[str, Any]:
    """Set the alarms of unfinished tasks (of the named procedures, or all) where they differ; may be killed and go on.

    For when leads change, and once for offices that had tasks before they had reminders: what is past then is not said.
    """
    scope = Task.objects.filter(state__in=list(UNFINISHED))
    if run.parameters.get("procedures"):
        scope = scope.filter(procedure__in=run.parameters["procedures"])
    place, done, moved = run.place or 0, run.done, run.result.get("moved", 0)
    while True:
        with transaction.atomic():
            rows = list(scope.filter(pk__gt=place).order_by("pk").locked()[:BATCH])
            moved += _rearm(rows)
        if not rows:
            return {"looked_at": done, "moved": moved}
        place, done = rows[-1].pk, done + len(rows)
        runs.progress(run, done=done, place=place, result={"looked_at": done, "moved": moved})


def _rearm(tasks: list[Task]) -> int:
    now = clock.now()
    moved = []
    for task in tasks:
        before, task.alarm_at = task.alarm_at, next_alarm(task, now)
        if task.alarm_at != before:
            moved.append(task)
    _write(moved)
    return len(moved)
