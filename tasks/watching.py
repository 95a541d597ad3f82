"""Following a task that is neither one's own nor asked for. It changes nothing about the task, so it is no history."""

from __future__ import annotations

from django.db import transaction

from core import clock
from organization.models import User
from tasks.changes import lock
from tasks.models import Task, Watch


def watch(task: Task | int, *, actor: User) -> Task:
    """Begin to watch. Nothing happens where one does already. Raises Refused where the task does not exist."""
    with transaction.atomic():
        row = lock(task if isinstance(task, int) else task.pk)
        Watch.objects.bulk_create([Watch(task=row, person=actor, since=clock.now())], ignore_conflicts=True)
        _mark(row, True)
    return row


def stop_watching(task: Task | int, *, actor: User) -> Task:
    """Watch no longer. Nothing happens where one does not. Raises Refused where the task does not exist."""
    with transaction.atomic():
        row = lock(task if isinstance(task, int) else task.pk)
        Watch.objects.filter(task=row, person=actor).delete()
        _mark(row, Watch.objects.filter(task=row).exists())
    return row


def _mark(row: Task, watched: bool) -> None:
    """Verbs see on the row whether there is anybody to tell; neither revision nor history knows of it."""
    if row.watched != watched:
        row.watched = watched
        Task.objects.filter(pk=row.pk).update(watched=watched)
