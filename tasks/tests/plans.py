"""What statements read: piles of rows put in without verbs, and the scans of a plan."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
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
        cursor.execute("ANALYZE")


def scans(sql: str, values: dict[str, Any] | None = None) -> list[tuple[str, float]]:
    """The scans of tasks_task in the plan of a statement: how, and rows read (returned and filtered away)."""
    return [
        (node.get("Index Name", node["Node Type"]), _read(node))
        for node in _nodes(_plan(sql, values))
        if node.get("Relation Name") == "tasks_task"
    ]


def rows_read(sql: str, values: dict[str, Any] | None = None, *, by_index: bool = True) -> tuple[float, float]:
    """How many rows of any table a statement reads, and how many it gives; `by_index` False leaves the planner free."""
    plan = _plan(sql, values, by_index=by_index)
    # What a bitmap finds in the index is read, whatever of it is then fetched from the table.
    tables = [node for node in _nodes(plan) if {"Relation Name", "Index Name"} & set(node)]
    return sum(_read(node) for node in tables if node["Node Type"] != "Bitmap Heap Scan"), plan["Actual Rows"]


def _plan(sql: str, values: dict[str, Any] | None = None, *, by_index: bool = True) -> dict[str, Any]:
    with connection.cursor() as cursor:
        # The tables of a test are so small that the planner would not mind reading all of them.
        allowed = "off" if by_index else "on"
        cursor.execute(f"SET LOCAL enable_seqscan = {allowed}; SET LOCAL enable_bitmapscan = {allowed}")
        if not by_index:  # what lies in memory costs the same in any order
            cursor.execute("SET LOCAL random_page_cost = 1.1")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        (found,) = cursor.fetchone()[0]
    plan: dict[str, Any] = found["Plan"]
    return plan


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", []):
        yield from _nodes(child)


def _read(node: dict[str, Any]) -> float:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    read: float = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return read
