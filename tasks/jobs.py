"""Background jobs of the queue: the clock's own verbs, and the folding of kept counts."""

from __future__ import annotations

import time

from core import clock
from core.refusals import Refused
from records import events
from records.jobs import on_tick
from tasks import presence, reminders, tallies, unsent
from tasks.importing import kept
from tasks.models import Task
from tasks.transitions import become_ready, resume

BATCH = 200
REMIND_SECONDS = 2.0  # of a tick: what an outage left goes on with the next one


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


@on_tick
def remind_of_clocks() -> None:
    """Say what the clocks of tasks have to say."""
    until = time.monotonic() + REMIND_SECONDS
    while reminders.remind() == reminders.BATCH and time.monotonic() < until:
        pass


@on_tick
def forget_what_is_left_behind() -> None:
    """Who is no longer at a task, three times a minute; drafts and files nobody came back to, once a minute."""
    second = clock.now().second
    if second % 20 == 0:
        presence.sweep()
    if second == 7:
        unsent.erase_old()
    if second == 37:
        with events.origin("job"):
            kept.forget_old()
