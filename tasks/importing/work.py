"""Rows become tasks by the verbs everybody uses: opened, and if they are finished work claimed and completed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError

from core.refusals import Refused
from organization.models import User
from records.rejects import Bad
from tasks.batches import Batch, batch
from tasks.finishing import complete
from tasks.importing.directory import Place
from tasks.importing.entries import Entry
from tasks.importing.mapping import Mapping
from tasks.importing.rows import Row
from tasks.models import Task
from tasks.opening import Request, open_task
from tasks.transitions import claim

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A row that may be taken: where it goes, and whether it comes in finished."""

    entry: Entry
    row: Row
    place: Place
    finished: bool


def known_references(source: str, entries: Iterable[Entry]) -> set[str]:
    """Which of the rows' external references have a task already."""
    references = [entry.row.reference for entry in entries if entry.row]
    known = Task.objects.filter(external_source=source, external_reference__in=references)
    return set(known.values_list("external_reference", flat=True))


def bring_in(jobs: list[Job], mapping: Mapping, *, actor: User | None) -> tuple[list[Job], list[tuple[Entry, Bad]]]:
    """Do the verbs of all rows; those that were refused come back with the reason. Runs in the caller's transaction.

    All rows are tried together; if one is refused they are done one by one, so that it alone is left out.
    """
    try:
        with batch(_people(jobs), len(jobs)) as work:
            for job in jobs:
                _verbs(job, work, mapping, actor)
        return jobs, []
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if not isinstance(error, Refused | ValidationError | DatabaseError):
            log.exception("import_batch_failed")
    done, refused = [], []
    for job in jobs:
        why = _alone(job, mapping, actor)
        if why is None:
            done.append(job)
        else:
            refused.append((job.entry, why))
    return done, refused


def _people(jobs: list[Job]) -> set[int]:
    return {job.place.person_id for job in jobs if job.place.person_id is not None}


def _alone(job: Job, mapping: Mapping, actor: User | None) -> Bad | None:
    """Do one row by itself. Returns why it cannot be taken."""
    try:
        with batch(_people([job]), 1) as work:
            _verbs(job, work, mapping, actor)
        return None
    except Refused as refused:
        return Bad(str(refused.sentence), mapping.column_of(refused.field))
    except ValidationError as error:
        return Bad(" ".join(error.messages))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # whatever is the matter with one row, the others come in
        log.exception("import_row_failed", line=job.entry.line)
        return Bad(f"{type(error).__name__}: {error}"[:500])


def _verbs(job: Job, work: Batch, mapping: Mapping, actor: User | None) -> None:
    """Open the task when it came in; the file does not say when somebody took it, so the claim is at its end."""
    row, place = job.row, job.place
    opened_at = row.opened_at
    if job.finished and row.done_at:
        opened_at = min(opened_at or row.done_at, row.done_at)
    request = Request(
        title=row.title,
        text=row.text,
        due_at=row.due_at,
        due_on=row.due_on,
        labels=row.labels,
        subject_ref=row.subject_reference,
        external_source=mapping.source,
        external_reference=row.reference,
    )
    task = open_task(
        request,
        procedure=place.procedure,
        department=place.department,
        version=place.version,
        actor=actor,
        occurred_at=opened_at,
    )
    if job.finished and place.person_id:
        person = work.people[place.person_id]
        claim(task, actor=person, occurred_at=row.done_at)
        complete(task, actor=person, occurred_at=row.done_at)
