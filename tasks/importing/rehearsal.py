"""How the first rows of a file would come in: they do, by the very code of an import, and are taken back at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from organization.models import User
from records import events, runs, tables
from records.models import Attachment, Run
from records.reading import Record
from tasks import batches
from tasks.importing import kept
from tasks.importing.entries import Entry
from tasks.importing.run import KIND, Import, layout_of
from tasks.importing.work import known_references
from tasks.models import ImportFile, Task

FIRST = 100
GOOD, ALREADY, BAD = "good", "already", "bad"


@dataclass(frozen=True)
class Line:
    """One row: as what it would come in (`facts`), or why it would not."""

    line: int
    state: str
    facts: dict[str, Any] = field(default_factory=dict)
    column: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """The first rows in their order; `made` are names that would be added, by kind; `more`: the file goes on."""

    lines: list[Line]
    made: dict[str, list[str]]
    more: bool

    def of(self, state: str) -> list[Line]:
        return [line for line in self.lines if line.state == state]


class _Trial(Import):
    """An import of these records alone."""

    def __init__(self, run: Run, first: list[Record]) -> None:
        super().__init__(run)
        self.first = first

    def records(self) -> Iterator[Record]:
        return iter(self.first)


def rehearse(row: ImportFile, *, actor: User) -> Rehearsal:
    """Try the first rows of a file that waits. Nothing stays. Raises Refused for choices that are wrong or missing.

    Of work that is there already only that it is there is told.
    """
    with kept.opened(row) as stored:
        told = kept.parameters(row, stored)
        found = list(islice(tables.records(stored, layout_of(told)), FIRST + 1))
    told["file"] = Attachment.objects.of(kept.OWNER, row.pk).get().pk
    with transaction.atomic(), events.origin("import"), batches.rehearsed():
        run = runs.ask(KIND, actor=actor, parameters=told)
        trial = _Trial(run, found[:FIRST])
        entries = list(trial.entries())
        known = known_references(trial.mapping.source, entries)
        trial.perform()
        lines = list(_lines(entries, known, run, trial.mapping.source))
        made = dict(trial.directory.added)
        transaction.set_rollback(True)
    return Rehearsal(lines, made, len(found) > FIRST)


def _lines(entries: list[Entry], known: set[str], run: Run, source: str) -> Iterator[Line]:
    bad = {reject.line: reject for reject in run.rejects.all()}
    fresh = [entry.row.reference for entry in entries if entry.row and entry.row.reference not in known]
    rows = Task.objects.filter(external_source=source, external_reference__in=fresh)
    rows = rows.select_related("department", "procedure", "assignee").prefetch_related("labels")
    tasks = {task.external_reference: task for task in rows}
    for entry in entries:
        if why := bad.get(entry.line):
            yield Line(entry.line, BAD, column=why.column, reason=why.reason)
        elif entry.row is None or entry.repeated or entry.row.reference in known:
            yield Line(entry.line, ALREADY)
        else:
            yield Line(entry.line, GOOD, _facts(tasks[entry.row.reference]))


def _facts(task: Task) -> dict[str, Any]:
    due: dt.date | dt.datetime | None = task.due_at
    if task.due_at and task.due_is_date:
        due = task.due_at.astimezone(timezone.get_current_timezone()).date()
    return {
        "title": task.title,
        "department": task.department.name,
        "procedure": task.procedure.name,
        "person": task.assignee.name if task.assignee else "",
        "opened_at": task.opened_at,
        "closed_at": task.closed_at,
        "due": due if not task.due_from_target else None,
        "labels": [label.name for label in task.labels.all()],
        "state": task.get_state_display(),
    }
