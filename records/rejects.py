"""Rows kept aside: with their line, column and reason, to be exported, corrected, and run again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core import clock
from core.refusals import Refused
from records import events, tables
from records.models import Run, RunReject
from records.reading import COLUMN, LINE, OURS, REASON, REST, Record, clean

AT_ONCE = 500  # rows of an export looked up together
# Spreadsheets run a cell that begins like this as a formula; a quotation mark before it makes it text.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


class Bad(Exception):
    """Why a row cannot be taken, and the column at fault ("" when it is the row itself)."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.reason = str(reason)
        self.column = column


def keep(home: Run, bad: Iterable[tuple[int, dict[str, str], Bad]]) -> None:
    """Keep rows aside under the run that met them first; met again, place and reason are the newer ones."""
    rows = [
        RunReject(
            run=home,
            line=line,
            column=clean(why.column)[:200],
            reason=clean(why.reason),
            row={clean(name): clean(value) for name, value in cells.items()},
        )
        for line, cells, why in bad
    ]
    RunReject.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["run", "line"], update_fields=["column", "reason"]
    )


def settle(home: Run, lines: list[int]) -> None:
    """These rows came in after all."""
    aside(home).filter(line__in=lines).update(settled_at=clock.now())


def correct_reject(reject: RunReject, row: dict[str, str], *, actor: Any | None) -> RunReject:
    """Replace the values of a row kept aside; it comes in when its run is run again. Returns it.

    `row` gives values by column of the file, those it lacks stay as they were. Raises Refused for a row that came in
    meanwhile, and for a column the file does not have. Writes an event at the run.
    """
    with transaction.atomic():
        fresh = RunReject.objects.select_for_update(of=("self",)).select_related("run").get(pk=reject.pk)
        if fresh.settled_at is not None:
            raise Refused(_("Line %(line)s came in already.") % {"line": fresh.line}, code="settled")
        if _put_right(fresh, row, fresh.run.parameters["columns"], actor):
            fresh.save(update_fields=["row"])
    return fresh


def _put_right(reject: RunReject, row: dict[str, str], columns: list[str], actor: Any | None) -> bool:
    """Give a locked row other values in memory and write its event; False where nothing differs. Raises Refused."""
    for name in row:
        if name not in columns and name != REST:
            raise Refused(
                _("The file has no column “%(column)s”.") % {"column": name}, code="column_unknown", field="row"
            )
    wanted = dict.fromkeys(columns, "") | reject.row | {name: clean(str(value)) for name, value in row.items()}
    if not wanted.get(REST):
        wanted.pop(REST, None)
    names = wanted.keys() | reject.row.keys()
    changes = {
        name: [reject.row.get(name), wanted.get(name)] for name in names if reject.row.get(name) != wanted.get(name)
    }
    if not changes:
        return False
    reject.row = wanted
    events.write(
        "correct_reject",
        actor=actor,
        subject_kind="run",
        subject_id=reject.run_id,
        payload={"line": reject.line, "changes": changes},
    )
    return True


def leave_out(reject: RunReject, *, actor: Any | None) -> RunReject:
    """A row kept aside is not wanted: it is tried no more. Raises Refused for one that came in meanwhile."""
    return _settle_by_hand(reject, left_out=True, actor=actor)


def bring_back(reject: RunReject, *, actor: Any | None) -> RunReject:
    """A row that was left out is aside again. Raises Refused for one that was not left out."""
    return _settle_by_hand(reject, left_out=False, actor=actor)


def _settle_by_hand(reject: RunReject, *, left_out: bool, actor: Any | None) -> RunReject:
    with transaction.atomic():
        fresh = RunReject.objects.select_for_update().get(pk=reject.pk)
        if left_out and fresh.settled_at is not None:
            raise Refused(_("Line %(line)s came in already, or was left out.") % {"line": fresh.line}, code="settled")
        if not left_out and not fresh.left_out:
            raise Refused(_("Line %(line)s was not left out.") % {"line": fresh.line}, code="not_left_out")
        fresh.left_out, fresh.settled_at = left_out, clock.now() if left_out else None
        fresh.save(update_fields=["left_out", "settled_at"])
        events.write(
            "leave_out" if left_out else "bring_back",
            actor=actor,
            subject_kind="run",
            subject_id=fresh.run_id,
            payload={"line": fresh.line},
        )
    return fresh


def export(home: Run) -> Iterator[str]:
    """The rows still aside as CSV: line, column and reason first, then the row as it came. Formulas are made text.

    Gives the text line by line.
    """
    columns = _columns(home)
    yield _csv([LINE, COLUMN, REASON, *(as_text(name) for name in columns)])
    for reject in aside(home).order_by("line").iterator():
        values = (reject.column, reject.reason, *(reject.row.get(name, "") for name in columns))
        yield _csv([str(reject.line), *(as_text(value) for value in values)])


def _columns(home: Run) -> list[str]:
    """The columns of an export; a file that was an export itself has had our own."""
    return [*(name for name in home.parameters["columns"] if name not in OURS), REST]


def _csv(cells: list[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue()


def aside(home: Run) -> QuerySet[RunReject]:
    """The rows that neither came in nor were left out for good."""
    return RunReject.objects.filter(run=home, settled_at__isnull=True)


def as_text(value: str) -> str:
    """A cell that no spreadsheet runs."""
    return f"'{value}" if _FORMULA.match(value) else value


def as_came(cell: str) -> str:
    """The value behind an exported cell."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


@dataclass
class Corrections:
    """What a corrected export did: rows changed, and what could not be used, by line of the export."""

    changed: int = 0
    problems: list[str] = field(default_factory=list)


def correct_all(home: Run, file: Any, *, actor: Any | None) -> Corrections:
    """Correct the rows aside from an export somebody edited, as `correct_reject` does; all that can be used or nothing.

    Raises Refused when it is not an export of this run's rows, cannot be read, or rows of the run are being tried now.
    """
    with transaction.atomic():
        _check_ended(home)
        found = tables.records(file, _look_at_export(file, [as_text(name) for name in _columns(home)]))
        report = Corrections()
        with events.together():
            while chunk := list(islice(found, AT_ONCE)):
                numbers = [_line_of(record) for record in chunk]
                rows = aside(home).filter(line__in=[line for line in numbers if line])
                known = {one.line: one for one in rows.order_by("line").select_for_update()}
                changed = {
                    line
                    for record, line in zip(chunk, numbers, strict=True)
                    if _correct_from(record, known.get(line), home, report, actor)
                }
                RunReject.objects.bulk_update([known[line] for line in sorted(changed)], ["row"], batch_size=100)
                report.changed += len(changed)
    return report


def _check_ended(home: Run) -> None:
    """Rows that are being tried must not change under the hands of who tries them. Two exports come one after another.

    Raises Refused.
    """
    Run.objects.select_for_update(no_key=True).get(pk=home.pk)
    runs = Run.objects.filter(Q(pk=home.pk) | Q(kind=home.kind, parameters__again=home.pk))
    if runs.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING]).exists():
        raise Refused(_("Wait until this import has ended."), code="run_busy")


def _look_at_export(file: Any, names: list[str]) -> tables.Layout:
    try:
        return tables.look(file, [(name, name) for name in (LINE, *names)], ours=True)
    except Refused as refused:
        if refused.code != "column_missing":
            raise
        words = _(
            "This is not the file of the rows aside: the column “%(column)s” must stand in it once. Download the rows "
            "aside, put them right there, and choose that file."
        )
        raise Refused(words % {"column": refused.field}, code="column_missing", field="file") from refused


def _line_of(record: Record) -> int:
    """The line a row of an export had in its file; 0 where it does not say."""
    text = record.cells.get(LINE, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _correct_from(record: Record, reject: RunReject | None, home: Run, report: Corrections, actor: Any | None) -> bool:
    """Correct one locked row from its line of an export, True where it differs; what is wrong goes to the report."""
    if record.problem or reject is None:
        why = record.problem or _("No row of this line is aside.")
        report.problems.append(_("Line %(line)s: %(why)s") % {"line": record.line, "why": why})
        return False
    row = {name: as_came(record.cells[as_text(name)]) for name in _columns(home)}
    if all(value == reject.row.get(name, "") for name, value in row.items()):
        return False
    return _put_right(reject, row, home.parameters["columns"], actor)
