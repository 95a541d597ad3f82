"""Records as rows of work, with what only the whole file can tell: which references come twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from records.reading import Record
from records.rejects import Bad
from tasks.importing.mapping import Mapping
from tasks.importing.rows import Row, read_row


@dataclass(frozen=True, slots=True)
class Entry:
    """One record: its `row`, or why it is `bad`. `repeated` when the same row stood further up already."""

    line: int
    cells: dict[str, str]
    row: Row | None = None
    bad: Bad | None = None
    repeated: bool = False


def read_entries(records: Iterable[Record], mapping: Mapping, *, zone: str, now: dt.datetime) -> Iterator[Entry]:
    """Each record as an entry, in order. Never raises for what is in a record."""
    seen: dict[int, int] = {}
    for record in records:
        try:
            if record.problem:
                raise Bad(record.problem)
            row = read_row(record.line, record.cells, mapping, zone=zone, now=now)
            content = hash(tuple(record.cells.values()))
            key = hash(row.reference)  # numbers, so that a long file does not fill the memory with its references
            repeated = key in seen
            if seen.setdefault(key, content) != content:
                raise Bad(_("Another row has this external reference already."), mapping.external_reference)
        except Bad as why:
            yield Entry(record.line, record.cells, bad=why)
        else:
            yield Entry(record.line, record.cells, row=row, repeated=repeated)
