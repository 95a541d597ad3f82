"""The statements of the hot paths, written out with their values: what the floor runs.

The long SELECTs are the product's own, so that both run the same text.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from typing import Any

from django.db import connection, transaction

from core.prepared import Prepared, Statement
from organization.standing import around, memberships_between
from organization.tokens import _valid_token, digest_of
from tasks.changes import _locked_person
from tasks.eligibility import _FACTS, _requirements
from tasks.next import _CANDIDATES, _LOCK, LOOKS, _detail

Cursor = Any


_EVENT = """WITH event AS (INSERT INTO records_event (occurred_at, recorded_at, actor_id, on_behalf_of_id, origin, verb,
    subject_kind, subject_id, task_id, department_id, from_state, to_state, reverses_id, schema, digest)
    VALUES (%s, COALESCE(%s, clock_timestamp()), %s, NULL, 'api', %s, 'task', %s, %s, %s, %s, %s, NULL, 1, %s)
    RETURNING id)
    INSERT INTO records_eventpayload (event_id, salt, body) SELECT id, %s::bytea, %s::jsonb FROM event
    RETURNING event_id"""
_INVOLVED = """INSERT INTO tasks_involvement (task_id, person_id, how, since) VALUES (%s, %s, %s, %s)
    ON CONFLICT DO NOTHING"""
_DELTA = "INSERT INTO tasks_tallydelta (department_id, tasks, minutes) VALUES (%s, %s, %s) RETURNING id"
_UPDATE = """UPDATE tasks_task SET state = 'in_progress', assignee_id = %s, claimed_at = %s, started_at = %s,
    first_started_at = %s, revision = 2, changed_at = %s WHERE id = %s"""
_event = Statement(_EVENT)  # planned once, as the verbs' own


def _run(shape: Prepared, **values: Any) -> list[Any]:
    return shape.rows(**values)


def run_next(token: str, departments: list[int]) -> int | None:
    """The statements of `take_next` for the person of a token; the task's id, or None."""
    now = dt.datetime.now(dt.UTC)
    today = now.date().isoformat()
    with connection.cursor() as cursor:
        person = _run(_valid_token, digest=digest_of(token), now=now, **around(now))[0][1]
    with transaction.atomic(), connection.cursor() as cursor:
        _run(_locked_person, pk=person)
        # Own unfinished work is not looked for: the people of the benchmark have that switched off.
        cursor.execute(_FACTS, {"person": person, "now": now})
        _run(memberships_between, person_id=person, **around(now))
        row = None
        for heads, most, _ in LOOKS:
            sought = {"departments": departments, "days": [today] * len(departments), "person": person}
            cursor.execute(_CANDIDATES, sought | {"heads": heads, "most": most})
            candidates = [row[0] for row in cursor.fetchall()]
            if not candidates:
                return None
            cursor.execute(_LOCK, [candidates])
            if row := cursor.fetchone():
                break
        if row is None:
            return None
        task = row[0]
        _run(_detail, pk=task)
        _run(_requirements, procedure_id=1)
        cursor.execute(_UPDATE, [person, now, now, now, now, task])
        body = json.dumps({"changes": {"state": ["open", "in_progress"], "assignee_id": [None, person]}, "revision": 2})
        salt, digest = secrets.token_bytes(16), secrets.token_bytes(32)
        head = [now, None, person, "next", task, task, departments[0], "open", "in_progress", digest, salt, body]
        _event.run(cursor, head)
        cursor.execute(_INVOLVED, [task, person, "held", now])
        cursor.execute(_DELTA, [departments[0], -1, -15])
        return int(task)


def next_for_pgbench() -> tuple[str, str]:
    """Candidates and lock of `take_next` with pgbench's variables for values; the lock gives one column, task."""
    heads, most, _ = LOOKS[0]
    names = {"departments": "ARRAY[:department]", "days": "ARRAY[current_date]", "person": ":person"}
    lock = _LOCK.replace("SELECT id FROM", "SELECT id AS task FROM") % "ARRAY[:candidates]::bigint[]"
    return _CANDIDATES % (names | {"heads": heads, "most": most}), lock


_ENTRY = "INSERT INTO tasks_searchentry (task_id, department_id, words) VALUES (%s, %s, %s::tsvector)"
_INSERT = """INSERT INTO tasks_task (title, text, state, priority, procedure_id, version_id, department_id, assignee_id,
    requester_id, confidential, ready_at, due_at, due_is_date, due_from_target, remaining_minutes, start_by, urgent_at,
    alarm_at, clock_key, subject_kind, subject_id, subject_ref, external_source, external_reference, opened_at,
    claimed_at, started_at, first_started_at, waiting_since, waiting_until, waiting_kind, waiting_reason, submitted_at,
    closed_at, changed_at, revision)
    VALUES (%s, '', 'open', 3, %s, %s, %s, NULL, NULL, false, NULL, %s, false, true, 15, %s, %s, %s, 'bench', '', NULL,
    '', '', '', %s, NULL, NULL, NULL, NULL, NULL, '', '', NULL, NULL, %s, 1) RETURNING id"""


def run_create(person: int, department: int, procedure: int, version: int) -> int:
    """Insert the rows that opening a task inserts; the task's id."""
    now = dt.datetime.now(dt.UTC)
    due = now + dt.timedelta(days=5)
    with transaction.atomic(), connection.cursor() as cursor:
        values = ["A letter about something", procedure, version, department, due, due, due, due, now, now]
        cursor.execute(_INSERT, values)
        task = int(cursor.fetchone()[0])
        words = f"'a':1a 'letter':1a 'about':1a 'something':1a 'department:{department}'"
        cursor.execute(_ENTRY, [task, department, words])
        body = json.dumps({"revision": 1, "title": "A letter about something", "procedure": procedure, "priority": 3})
        salt, digest = secrets.token_bytes(16), secrets.token_bytes(32)
        cursor.execute(_EVENT, [now, None, person, "open", task, task, department, "", "open", digest, salt, body])
        cursor.execute(_INVOLVED, [task, person, "created", now])
        cursor.execute(_DELTA, [department, 1, 15])
    return task
