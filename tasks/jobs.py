"""Background jobs of the queue: the clock's own verbs, and the folding of kept counts."""

from __future__ import annotations

from core import clock
from core.refusals import Refused
from records import events
from records.jobs import on_tick
from tasks import tallies
from tasks.models import Task
from tasks.transitions import become_ready, resume

BATCH = 200


@on_tick
def open_ready_tasks() -> None:
    """Planned work whose time has come becomes open."""
    with events.origin("job"):
        for pk in Task.objects.ready_to_open().order_by("ready_at").values_list("pk", flat=True)[:BATCH]:
            become_ready(pk)


@on_tick
def resume_waiting_tasks() -> None:
    """Waiting work whose "until" has come goes on."""
    with events.origin("job"):
        for pk in Task.objects.ready_to_resume().order_by("waiting_until").values_list("pk", flat=True)[:BATCH]:
            try:
                resume(pk, actor=None)
            except Refused:
                continue


@on_tick
def fold_tallies() -> None:
    """Fold the appended counts every ten seconds."""
    if clock.now().second % 10 == 0:
        tallies.fold()
