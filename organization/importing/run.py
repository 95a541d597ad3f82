"""An import of people or departments as a run: asked for after the preview, done in batches, harmless to do again."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from organization.importing.planning import ordered, plans_of, same_rows
from organization.importing.plans import STATES, Plan, as_bad
from organization.importing.sheets import KINDS, MOST_BYTES, Cells, Sheet, read_sheet
from organization.models import User
from organization.storing import alone
from records import events, files, rejects, runs
from records.models import Attachment, Run
from records.reading import REST, Record
from records.rejects import Bad

KIND = "organization.import"
SHOWN, TAKEN = "preview_", "import_file"  # owners of a file before (with its kind) and after it was carried out
BATCH = 20  # a batch keeps the pages of the set-up waiting
PREVIEWED, KEPT = dt.timedelta(days=1), dt.timedelta(days=30)


def keep_file(upload: File[Any], kind: str, *, actor: User) -> Attachment:
    """Keep a file for its preview, for a day; the person who brought it owns it. Raises Refused as `read_sheet`."""
    read_sheet(upload.read(MOST_BYTES + 1), KINDS[kind]).records()
    upload.seek(0)
    return files.attach(upload, owner_kind=SHOWN + kind, owner_id=actor.pk, actor=actor)


def kind_of(file: Attachment) -> str:
    """Which kind of file it was brought as."""
    return file.owner_kind.removeprefix(SHOWN)


def sheet_of(file: Attachment, kind: str) -> Sheet:
    """Read a kept file. Raises Refused as `read_sheet`."""
    with default_storage.open(file.blob.stored_as) as stored:
        return read_sheet(stored.read(), KINDS[kind])


def preview(file: Attachment, *, actor: User) -> tuple[Sheet, list[Plan]]:
    """What each row would do now, in the order of the file. Changes nothing; statements do not depend on its rows."""
    kind = kind_of(file)
    sheet = sheet_of(file, kind)
    records = sheet.records()
    same = same_rows(kind, records, sheet.names)
    plans = plans_of(kind, ordered(kind, records, sheet.names), sheet.names, same, actor=actor)
    return sheet, sorted(plans, key=lambda plan: plan.line)


def ask_import(file: Attachment, *, actor: User) -> Run:
    """Have a previewed file carried out. Returns the run. A second asking for the same file is refused (Refused)."""
    kind = kind_of(file)
    sheet = sheet_of(file, kind)
    parameters = {
        "kind": kind,
        "file": file.pk,
        "name": file.name,
        "names": sheet.names,
        "columns": sheet.table.columns,
    }
    with transaction.atomic():
        run = runs.ask(KIND, actor=actor, parameters=parameters)
        if not Attachment.objects.filter(pk=file.pk, owner_kind=SHOWN + kind).update(owner_kind=TAKEN, owner_id=run.pk):
            raise Refused(_("This file is being carried out already."), code="asked_already")
    return run


def ask_again(home: Run, *, actor: User) -> Run:
    """Have the rows that `home` kept aside tried again. Returns the new run. Raises Refused where none is left."""
    home = Run.objects.get(pk=home.parameters.get("again", home.pk))
    lines = list(home.rejects.filter(settled_at__isnull=True).order_by("line").values_list("line", flat=True))
    if not lines:
        raise Refused(_("No row is aside any more."), code="nothing_aside")
    parameters = home.parameters | {"again": home.pk, "lines": lines}
    return runs.ask(KIND, actor=actor, parameters=parameters)


@runs.kind(KIND)
def perform(run: Run) -> dict[str, Any]:
    """Do an import from its place on. Returns how many rows were added, changed, the same already, and refused."""
    with events.origin("import"), translation.override(run.asked_by.language if run.asked_by else None):
        return Import(run).perform()


class Import:
    """One performance of an import run."""

    def __init__(self, run: Run) -> None:
        self.run, self.kind = run, run.parameters["kind"]
        self.names: dict[str, str] = run.parameters["names"]
        self.again = "again" in run.parameters
        self.home = Run.objects.get(pk=run.parameters["again"]) if self.again else run
        everything = self._everything()
        self.same = same_rows(self.kind, everything, self.names)
        lines = set(run.parameters["lines"]) if self.again else None
        todo = [one for one in everything if lines is None or one.line in lines]
        self.records = ordered(self.kind, todo, self.names)
        place = run.place or {}
        self.at: int = place.get("at", 0)
        self.counts: dict[str, int] = {state: place.get(state, 0) for state in STATES}

    def _everything(self) -> list[Record]:
        """All rows of the file, those aside as they are now; only those aside when the file is gone."""
        found: dict[int, Record] = {}
        file = Attachment.objects.select_related("blob").filter(pk=self.run.parameters["file"]).first()
        if file is not None:
            found = {one.line: one for one in sheet_of(file, self.kind).records()}
        elif not self.again:
            raise Refused(_("The file is kept no longer. Bring it once more."), code="file_gone")
        columns = self.run.parameters["columns"]
        for reject in self.home.rejects.filter(settled_at__isnull=True):
            fits = REST not in reject.row and all(name in reject.row for name in columns)
            found[reject.line] = Record(reject.line, reject.row, "" if fits else reject.reason)
        return [found[line] for line in sorted(found)]

    def perform(self) -> dict[str, Any]:
        runs.progress(self.run, done=self.at, total=len(self.records))
        while self.at < len(self.records):
            runs.patiently(partial(self._take, self.records[self.at : self.at + BATCH]))
        return dict(self.counts)

    def _take(self, chunk: list[Record]) -> None:
        """One batch: rows, rows aside, and how far it is, in one transaction."""
        with alone():
            plans = self._done(chunk)
            bad = [(plan.line, plan.cells, plan.bad) for plan in plans if plan.bad]
            rejects.keep(self.home, bad)
            if self.again:
                rejects.settle(self.home, [plan.line for plan in plans if not plan.bad])
            counts = {state: self.counts[state] + sum(plan.state == state for plan in plans) for state in STATES}
            at = self.at + len(chunk)
            runs.progress(self.run, done=at, place={"at": at, **counts}, result=counts)
        self.at, self.counts = at, counts

    def _done(self, chunk: list[Record]) -> list[Plan]:
        """Do the rows. Behind one that a verb refuses, the rest is planned anew: it may have counted on it."""
        done: list[Plan] = []
        while len(done) < len(chunk):
            rest = chunk[len(done) :]
            for plan in plans_of(self.kind, rest, self.names, self.same, actor=self.run.asked_by):
                done.append(plan)
                if not plan.bad and plan.steps:
                    plan.bad = self._refused(plan)
                    if plan.bad:
                        break
        return done

    def _refused(self, plan: Plan) -> Bad | None:
        """Do one row, all of it or nothing. Returns why it cannot be taken."""
        try:
            with transaction.atomic():
                for step in plan.steps:
                    step(self.run.asked_by)
        except Refused as refused:
            return Bad(str(refused.sentence))
        except ValidationError as error:
            return as_bad(error, Cells(plan.cells, self.names))
        except IntegrityError:
            return Bad(_("Somebody saved the same a moment ago. Look whether it is there already."))
        return None


def forget_files() -> None:
    """Remove files that were only previewed, after a day, and those carried out, after a month; their rows stay."""
    now = clock.now()
    for owner, age in (*((SHOWN + kind, PREVIEWED) for kind in KINDS), (TAKEN, KEPT)):
        for file in Attachment.objects.filter(owner_kind=owner, added_at__lt=now - age).order_by("id")[:100]:
            files.remove(file)
