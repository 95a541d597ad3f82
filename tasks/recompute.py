"""Computing clocks anew after a calendar, a target or a standard time changed: only what differs is touched."""

from __future__ import annotations

from typing import Any

from core.refusals import Refused
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
                moved += recompute_one(row, run.asked_by)
            place, done = rows[-1].pk, done + len(rows)
            runs.progress(run, done=done, place=place, result={"looked_at": done, "moved": moved})


def recompute_one(row: Task, actor: User | None) -> int:
    """Compute the clock of one task anew if it came from other hours, target or standard; 1 when it did, else 0."""
    if row.clock_key == clocks.key_of(row):
        return 0
    try:
        with change("recompute", row, actor=actor) as work:
            task = work.task
            if task.clock_key == clocks.key_of(task):
                raise Unchanged
            marked = set(task.step_runs.filter(marked_at__isnull=False).values_list("step_id", flat=True))
            task.remaining_minutes = clocks.remaining_of(
                task.version.steps.all(), marked, task.procedure.standard_minutes
            )
            clocks.follow_hours(task, clocks.waited_minutes(task.pk))
            clocks.set_clock(task)
    except (Unchanged, Refused):  # somebody was faster, or finished it meanwhile
        return 0
    return 1


class Unchanged(Exception):
    """The clock is right already."""
