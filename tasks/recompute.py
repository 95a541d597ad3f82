"""Computing clocks anew after a calendar, a target or a standard time changed: only what differs is touched."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from organization.models import User
from records import events, runs
from records.models import Run
from tasks import clocks
from tasks.changes import change
from tasks.models import Task
from tasks.states import UNFINISHED

BATCH = 500


@runs.kind("tasks.recompute")
def recompute(run: Run) -> dict[str, Any]:
    """Walk the unfinished tasks of the named departments or procedures by id; may be killed and taken up again."""
    scope = Task.objects.filter(state__in=list(UNFINISHED))
    if run.parameters.get("departments"):
        scope = scope.filter(department__in=run.parameters["departments"])
    if run.parameters.get("procedures"):
        scope = scope.filter(procedure__in=run.parameters["procedures"])
    place, done, moved = run.place or 0, run.done, run.result.get("moved", 0)
    with events.origin("job"):
        while True:
            rows = list(scope.filter(pk__gt=place).order_by("pk").for_detail()[:BATCH])
            if not rows:
                return {"looked_at": done, "moved": moved}
            for row in rows:
                moved += _recompute_one(row, run.asked_by)
            place, done = rows[-1].pk, done + len(rows)
            runs.progress(run, done=done, place=place)


def _recompute_one(row: Task, actor: User | None) -> int:
    if row.clock_key == clocks.key_of(row):
        return 0
    with transaction.atomic(), change("recompute", row, actor=actor) as work:
        task = work.task
        if not task.step_runs.filter(marked_at__isnull=False).exists():
            task.remaining_minutes = clocks.remaining_of(
                task.version.steps.all(), set(), task.procedure.standard_minutes
            )
        begin = task.ready_at or task.opened_at
        clocks.set_clock(task, from_instant=None if task.due_from_target and _was_extended(task) else begin)
    return 1


def _was_extended(task: Task) -> bool:
    """A due time that waits moved stays moved: only start-by and urgency are computed anew."""
    from records.models import Event

    return Event.objects.filter(task_id=task.pk, verb="resume").exists()
