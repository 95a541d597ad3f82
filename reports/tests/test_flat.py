"""A month costs the same with half a year of history as with five years: rows read and pages touched, by the plans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from records.models import Event
from reports.catalogue import REPORTS
from reports.catalogue.base import Question
from reports.scope import scope_of
from tasks import finishing, transitions
from tasks.models import Task
from tasks.tests import factories as make
from tasks.tests.plans import measured

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)
MARCH = (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
SOME, MONTHS, A_MONTH = 6, 60, 150
# One finished task, as the verbs wrote it, copied month by month: its row, its events and their payloads.
_TASKS = """INSERT INTO tasks_task ({columns}) SELECT {values} FROM tasks_task, generate_series(1, %(count)s) AS g
    WHERE id = %(task)s RETURNING id"""


@pytest.fixture
def office(cast):
    """March with A_MONTH finished tasks in each of two departments, and open ones."""
    cast.samples = {}
    for where, person in ((cast.permits, cast.mira), (cast.archive, cast.otto)):
        with clock.at(dt.datetime(2026, 3, 12, 10, tzinfo=dt.UTC)):
            task = transitions.claim(make.task(where, cast.anything), actor=person)
            transitions.start(task, actor=person)
        with clock.at(dt.datetime(2026, 3, 12, 14, tzinfo=dt.UTC)):
            finishing.complete(task, actor=person)
            for _ in range(20):
                make.task(where, cast.anything)
        cast.samples[where.pk] = Task.objects.get(pk=task.pk)
        copies(cast.samples[where.pk], A_MONTH, dt.timedelta(0))
    return cast


def copies(task: Task, count: int, back: dt.timedelta) -> None:
    """The task and its history `count` times over, `back` in time."""
    moved = {"opened_at", "claimed_at", "started_at", "first_started_at", "closed_at", "changed_at", "due_at"}
    columns = [field.column for field in Task._meta.concrete_fields if field.column != "id"]
    values = [f"{name} - %(back)s" if name in moved else name for name in columns]
    with connection.cursor() as cursor:
        sql = _TASKS.format(columns=", ".join(columns), values=", ".join(values))
        cursor.execute(sql, {"count": count, "task": task.pk, "back": back})
        ids = [row[0] for row in cursor.fetchall()]
        for event in Event.objects.filter(task_id=task.pk).order_by("id"):
            cursor.execute(
                """WITH copied AS (INSERT INTO records_event (occurred_at, recorded_at, actor_id, origin, verb,
                     subject_kind, subject_id, task_id, department_id, from_state, to_state, schema, digest)
                   SELECT occurred_at - %(back)s, recorded_at, actor_id, origin, verb, subject_kind, t.id, t.id,
                     department_id, from_state, to_state, schema, digest
                   FROM records_event, unnest(%(ids)s) AS t (id) WHERE records_event.id = %(event)s RETURNING id)
                 INSERT INTO records_eventpayload (event_id, salt, body)
                   SELECT copied.id, p.salt, p.body FROM copied, records_eventpayload AS p
                   WHERE p.event_id = %(event)s""",
                {"back": back, "ids": ids, "event": event.pk},
            )


def cost(office: Any, name: str) -> tuple[float, float, float, Any]:
    """Rows read, pages touched and indexes entered by all statements of a report, and its table."""
    report = REPORTS[name]
    asked = {"about": "all", "by": report.bys[0], "period": "last_month"}
    with clock.at(NOW), CaptureQueriesContext(connection) as captured:
        question = Question(scope_of(office.ada, "all"), report.days(asked, NOW.date()), asked, NOW)
        table = report.make(question, lambda done, total: None)
    rows = pages = entered = 0.0
    for query in captured.captured_queries:
        sql = query["sql"]
        sql = sql.partition(" FOR ")[2] if "NO SCROLL CURSOR" in sql else sql
        if sql.lstrip("( ").startswith(("SELECT", "WITH")):
            plan = planned(sql)
            pages += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
            rows += sum(read(node) for node in nodes(plan) if node.get("Relation Name") or node.get("Index Name"))
            entered += sum(node["Actual Loops"] for node in nodes(plan) if node.get("Index Name"))
    return rows, pages, entered, table


def planned(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        plan: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def read(node: dict[str, Any]) -> float:
    """Rows a scan gave or threw away."""
    thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float((node["Actual Rows"] + thrown) * node["Actual Loops"])


def test_history_costs_nothing(office):
    """Not a row more is read; of pages only those by which the trees of the indexes grow in height."""
    for task in office.samples.values():
        for month in range(1, SOME):
            copies(task, A_MONTH, dt.timedelta(days=31 * month))
    measured()
    before = {name: cost(office, name) for name in REPORTS}
    for task in office.samples.values():
        for month in range(SOME, MONTHS):
            copies(task, A_MONTH, dt.timedelta(days=31 * month))
    assert Event.objects.count() > 2 * MONTHS * A_MONTH * 3
    measured()
    for name, (rows, pages, entered, table) in before.items():
        more_rows, more_pages, _entered, same = cost(office, name)
        assert same.rows == table.rows and len(table.rows) >= 2
        print(f"{name}: rows {rows:.0f} then {more_rows:.0f}, pages {pages:.0f} then {more_pages:.0f}")
        assert more_rows <= rows * 1.05, name
        assert more_pages <= pages * 1.05 + entered, name  # each tree is one page higher at the most
