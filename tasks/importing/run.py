"""An import as a run: asked for once, done in batches, taken up where it was left, harmless to do again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.models import User
from records import events, files, rejects, runs, tables
from records.models import Attachment, Run
from records.reading import REST, Record
from records.rejects import Bad
from records.tables import CHUNK, Layout
from tasks.importing.directory import Directory, Wanted
from tasks.importing.entries import Entry, read_entries
from tasks.importing.mapping import check_use, read_mapping
from tasks.importing.work import Job, bring_in, known_references

KIND = "tasks.import"
OWNER = "run"  # of the kept files
BATCH = 200
COUNTED = ("opened", "finished", "already", "rejected")
T = TypeVar("T")
_listener: ContextVar[Callable[[Run], None] | None] = ContextVar("backoffice_import_listener", default=None)


@contextmanager
def told(listener: Callable[[Run], None]) -> Iterator[None]:
    """Imports performed in the block tell `listener` after each batch."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def ask_import(
    upload: File[Any],
    *,
    mapping: Any,
    open_all: bool,
    create_missing: bool,
    actor: User | None,
    sheet: str = "",
    here: bool = False,
) -> Run:
    """Ask for the import of a CSV or XLSX file; its bytes are kept, so that any worker can do it. Returns the run.

    `mapping` is parsed JSON; `sheet` the one of a workbook, else its first. `here` says that the caller performs it
    now, so it is not offered to a worker at once. Raises Refused, before anything is kept, for a wrong mapping, another
    encoding and columns that are missing.
    """
    parameters = parameters_of(upload, mapping=mapping, sheet=sheet, open_all=open_all, create_missing=create_missing)
    with transaction.atomic():
        run = runs.ask(KIND, actor=actor, parameters=parameters)
        # The same bytes are kept once: a second import of a file leaves no more behind than its run.
        same = Attachment.objects.filter(owner_kind=OWNER, blob__sha256=_digest(upload))
        kept = same.first() or files.attach(upload, owner_kind=OWNER, owner_id=run.pk, actor=actor)
        run.parameters["file"] = kept.pk
        return asked(run, here)


def parameters_of(file: Any, *, mapping: Any, sheet: str, open_all: bool, create_missing: bool) -> dict[str, Any]:
    """What a run of such an import is told. Raises Refused for a wrong mapping and a file that does not fit it."""
    understood = read_mapping(mapping)
    check_use(understood, open_all=open_all, create_missing=create_missing)
    layout = tables.look(file, list(understood.columns()), sheet=sheet)
    return {"mapping": mapping, "open": open_all, "create_missing": create_missing, **asdict(layout)}


def _digest(upload: File[Any]) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def ask_again(home: Run, *, create_missing: bool, actor: User | None, here: bool = False) -> Run:
    """Ask for the rows that `home` kept aside to be tried again. Returns the new run. Raises Refused for other runs."""
    if home.kind != KIND or "again" in home.parameters:
        raise Refused(_("Run %(run)s is no import of a file.") % {"run": home.pk}, code="not_an_import")
    parameters = {**home.parameters, "again": home.pk}
    parameters["create_missing"] = create_missing or home.parameters["create_missing"]
    check_use(
        read_mapping(parameters["mapping"]), open_all=parameters["open"], create_missing=parameters["create_missing"]
    )
    with transaction.atomic():
        return asked(runs.ask(KIND, actor=actor, parameters=parameters), here)


def asked(run: Run, here: bool) -> Run:
    """Write down what a run was told after it was asked for; `here` keeps it from workers for a moment."""
    run.lease_until = clock.now() + runs.HANDED if here else None
    run.save(update_fields=["parameters", "lease_until"])
    return run


def take_up(run: Run) -> None:
    """Make an import that was interrupted or failed ready to go on from its place, by whoever performs it now.

    Raises Refused while somebody is at it, and for one that is done.
    """
    if run.state in {Run.State.FAILED, Run.State.PARKED}:
        runs.retry(run, actor=None)
    free = Run.objects.filter(pk=run.pk, kind=KIND, state__in=[Run.State.QUEUED, Run.State.RUNNING])
    free = free.exclude(state=Run.State.RUNNING, lease_until__gt=clock.now())
    if not free.update(state=Run.State.QUEUED, lease_until=clock.now() + runs.HANDED):
        raise Refused(_("Run %(run)s is done, or somebody is at it.") % {"run": run.pk}, code="run_busy")


@runs.kind(KIND)
def perform(run: Run) -> dict[str, Any]:
    """Do an import from its place on. Returns how many rows were opened, finished, there already, and kept aside."""
    with events.origin("import"):
        return Import(run).perform()


def layout_of(parameters: dict[str, Any]) -> Layout:
    """How the file of a run is read."""
    return Layout(
        **{name: parameters[name] for name in ("columns", "begins", "delimiter", "sheet") if name in parameters}
    )


class Import:
    """One performance of an import run."""

    def __init__(self, run: Run) -> None:
        parameters = run.parameters
        self.run = run
        self.again = "again" in parameters
        self.home = Run.objects.get(pk=parameters["again"]) if self.again else run
        self.mapping = read_mapping(parameters["mapping"])
        self.open_all = bool(parameters["open"])
        self.directory = Directory(
            self.mapping, open_all=self.open_all, create_missing=parameters["create_missing"], actor=run.asked_by
        )
        place = run.place or {}
        self.after: int = place.get("line", 0)
        self.counts: dict[str, int] = {name: place.get(name, 0) for name in COUNTED}
        self.made: Counter[str] = Counter(place.get("made", {}))
        self.total = 0

    def perform(self) -> dict[str, Any]:
        self.plan()
        for chunk in _chunks(self.entries(), BATCH):
            runs.patiently(partial(self._take, chunk))
        return {**self.counts, "made": dict(self.made + self.directory.made)}

    def records(self) -> Iterator[Record]:
        """The file's records, or those kept aside by the run that is done again."""
        parameters = self.run.parameters
        if not self.again:
            blob = Attachment.objects.select_related("blob").get(pk=parameters["file"]).blob
            with default_storage.open(blob.stored_as) as stored:
                yield from tables.records(stored, layout_of(parameters))
            return
        columns = parameters["columns"]
        for reject in rejects.aside(self.home).order_by("line").iterator():
            fits = REST not in reject.row and all(name in reject.row for name in columns)
            yield Record(reject.line, reject.row, "" if fits else reject.reason)

    def entries(self) -> Iterator[Entry]:
        """What is still to be done, in the order of the file."""
        entries = read_entries(self.records(), self.mapping, zone=self.directory.zone, now=clock.now())
        return (entry for entry in entries if entry.line > self.after)

    def plan(self) -> None:
        """Count the rows, and match or make all names that new ones use."""
        wanted = Wanted()
        self.total = sum(self.counts.values())
        for chunk in _chunks(self.entries(), 1000):
            known = known_references(self.mapping.source, chunk)
            self.total += len(chunk)
            for entry in chunk:
                if entry.row and entry.row.reference not in known:
                    wanted.add(entry.row)
        self._renew()
        self.directory.prepare(wanted, self._renew)

    def _renew(self) -> None:
        runs.progress(self.run, done=sum(self.counts.values()), total=self.total)

    def _take(self, chunk: list[Entry]) -> None:
        """One batch: rows, rows aside, and how far it is, in one transaction."""
        counts = dict(self.counts)
        with transaction.atomic():
            self.directory.refresh()
            jobs, bad, already = self._sort(chunk)
            done, refused = bring_in(jobs, self.mapping, actor=self.run.asked_by)
            bad += refused
            rejects.keep(self.home, [(entry.line, entry.cells, why) for entry, why in bad])
            if self.again:
                rejects.settle(self.home, [job.entry.line for job in done])
            counts["finished"] += sum(job.finished for job in done)
            counts["opened"] += sum(not job.finished for job in done)
            counts["already"] += already
            counts["rejected"] += len(bad)
            made = self.made + self.directory.made
            place = {"line": chunk[-1].line, **counts, "made": made}
            runs.progress(self.run, done=sum(counts.values()), total=self.total, place=place)
        self.counts, self.made = counts, made
        self.directory.made.clear()
        if listener := _listener.get():
            listener(self.run)

    def _sort(self, chunk: list[Entry]) -> tuple[list[Job], list[tuple[Entry, Bad]], int]:
        """What is to be done, what cannot be, and how many rows are there already."""
        known = known_references(self.mapping.source, chunk)
        jobs: list[Job] = []
        bad: list[tuple[Entry, Bad]] = []
        already = 0
        for entry in chunk:
            try:
                if entry.bad or entry.row is None:
                    raise entry.bad or Bad("")
                if entry.repeated or (entry.row.reference in known and not self.again):
                    already += 1
                    continue
                if entry.row.reference in known:
                    raise Bad(_("A task with this external reference exists."), self.mapping.external_reference)
                finished = entry.row.done_at is not None and not self.open_all
                jobs.append(Job(entry, entry.row, self.directory.place_of(entry.row, finished=finished), finished))
            except Bad as why:
                bad.append((entry, why))
        return jobs, bad, already


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
