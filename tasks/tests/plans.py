"""What statements read: piles of rows put in without verbs, and the scans of a plan."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from django.db import connection

from tasks.models import Task


def pile(task: Task, size: int) -> None:
    """Copies of a task, put in without verbs."""
    rows = []
    for number in range(size):
        row = copy.copy(task)
        row.pk, row.id = None, None
        row.urgent_at += dt.timedelta(seconds=number)
        rows.append(row)
    Task.objects.bulk_create(rows)


def measured() -> None:
    """Let the planner know the rows of this test."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tasks_task")


def scans(sql: str, values: dict[str, Any] | None = None) -> list[tuple[str, float]]:
    """The scans of tasks_task in the plan of a statement: how, and rows read (returned and filtered away)."""
    with connection.cursor() as cursor:
        # The tables of a test are so small that the planner would not mind reading all of them.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        (plan,) = cursor.fetchone()[0]
    found = []

    def walk(node: dict[str, Any]) -> None:
        if node.get("Relation Name") == "tasks_task":
            read = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            found.append((node.get("Index Name", node["Node Type"]), read))
        for child in node.get("Plans", []):
            walk(child)

    walk(plan["Plan"])
    return found
