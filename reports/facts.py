"""Finished work as the events tell it: the one statement that several reports count from.

Finished is what `complete` or `approve` brought to done and nobody took back by undo. Whose it was, what was left of
it and when it was due then is the old value of the first later change, or the row's own where nothing changed since:
so finished work costs one look into the index of its task's events, however long ago it was opened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection

from reports.scope import Place

PLACES = """place (id, starts, ends) AS (
    SELECT * FROM unnest(%(departments)s::bigint[], %(starts)s::timestamptz[], %(ends)s::timestamptz[]))"""

# A later reopening that was not undone itself means that the work does not stand as finished.
FINISHED = f"""WITH {PLACES}, done AS (
    SELECT e.* FROM place CROSS JOIN LATERAL (
        SELECT id, task_id, department_id, occurred_at FROM records_event
        WHERE department_id = place.id AND occurred_at >= place.starts AND occurred_at < place.ends
          AND verb IN ('complete', 'approve') AND to_state = 'done' OFFSET 0) AS e
    WHERE NOT EXISTS (SELECT 1 FROM records_event AS u WHERE u.reverses_id = e.id))
SELECT done.department_id, done.task_id, t.procedure_id, done.id, done.occurred_at,
    CASE WHEN later.assignee IS NULL THEN t.assignee_id ELSE (later.assignee #>> '{{}}')::bigint END AS person_id,
    COALESCE((later.due #>> '{{}}')::timestamptz, t.due_at) AS due_at,
    COALESCE((later.from_target)::boolean, t.due_from_target) AS from_target,
    COALESCE(steps.minutes, (later.remaining)::integer, t.remaining_minutes) AS minutes,
    COALESCE(later.reopened, false) AS reopened
FROM done JOIN tasks_task AS t ON t.id = done.task_id
LEFT JOIN LATERAL (SELECT sum(s.minutes) AS minutes FROM tasks_step AS s WHERE s.version_id = t.version_id) AS steps
    ON true
LEFT JOIN LATERAL (
    SELECT (array_agg(c -> 'assignee_id' -> 0 ORDER BY x.id) FILTER (WHERE c ? 'assignee_id'))[1] AS assignee,
        (array_agg(c -> 'due_at' -> 0 ORDER BY x.id) FILTER (WHERE c ? 'due_at'))[1] AS due,
        (array_agg(c -> 'due_from_target' -> 0 ORDER BY x.id) FILTER (WHERE c ? 'due_from_target'))[1] AS from_target,
        (array_agg(c -> 'remaining_minutes' -> 0 ORDER BY x.id) FILTER (WHERE c ? 'remaining_minutes'))[1] AS remaining,
        bool_or(x.verb = 'reopen'
            AND NOT EXISTS (SELECT 1 FROM records_event AS u WHERE u.reverses_id = x.id)) AS reopened
    FROM records_event AS x LEFT JOIN records_eventpayload AS p ON p.event_id = x.id
    CROSS JOIN LATERAL (SELECT p.body -> 'changes' AS c) AS changes
    WHERE x.task_id = done.task_id AND x.id > done.id) AS later ON true"""


class Finished(NamedTuple):
    """One completion. `minutes` are its standard ones; `stands` is false where it was reopened since."""

    department_id: int
    task_id: int
    procedure_id: int
    event_id: int
    at: dt.datetime
    person_id: int | None
    due_at: dt.datetime
    from_target: bool
    minutes: int
    reopened: bool


def values_of(places: list[Place], **more: Any) -> dict[str, Any]:
    """Parameters for a statement over `PLACES`."""
    return {
        "departments": [place.department.pk for place in places],
        "starts": [place.start for place in places],
        "ends": [place.end for place in places],
        **more,
    }


def rows_of(statement: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """What a statement gives, through a cursor of the server, so that memory stays flat."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(1000):
            yield from rows


def finished_work(places: list[Place], person_id: int | None) -> Iterator[Finished]:
    """What was finished in the places' days, or of it what was in `person_id`'s hands. One statement."""
    for row in rows_of(FINISHED, values_of(places)):
        one = Finished(*row)
        if person_id is None or one.person_id == person_id:
            yield one
