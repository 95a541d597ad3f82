"""A file somebody brought, whatever it is: CSV or a workbook, told by its bytes, read as a stream.

Memory does not grow with the file, and its first rows cost no more than first rows.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from core.refusals import Refused
from records import workbooks
from records.reading import LONGEST_RECORD, Record, best_table, check_columns, header_of, records_in, unique

ARCHIVE = b"PK\x03\x04"
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # of Excel 97, and of any workbook locked by a password
CHUNK = 1 << 16
Wanted = list[tuple[str, str]]  # (key of the mapping, column) for each column a file must have


@dataclass(frozen=True)
class Layout:
    """How a file is read: the names of its columns, and how many of its lines come before the first row.

    A file of text has a delimiter, a workbook the name of the sheet.
    """

    columns: list[str]
    begins: int
    delimiter: str = ","
    sheet: str = ""


def is_workbook(file: Any) -> bool:
    """Is it an archive, as workbooks are? Raises Refused for the workbooks of old programs and locked ones."""
    file.seek(0)
    head = file.read(4)
    if head == OLD_WORKBOOK:
        words = _("This is an old workbook (XLS), or one with a password. Save it as XLSX without a password.")
        raise Refused(words, code="file_kind", field="file")
    return bool(head == ARCHIVE)


def sheets_of(file: Any) -> list[str]:
    """Names of the sheets of a workbook; none for a text. Raises Refused for an archive that is no workbook."""
    if not is_workbook(file):
        return []
    with workbooks.opened(file) as book:
        return list(book.sheets)


def look(file: Any, wanted: Wanted, *, sheet: str = "", ours: bool = False) -> Layout:
    """How to read a file; `wanted` are columns it must have. Of a workbook the first sheet, if none is named.

    `ours` says that it is an export of ours. Raises Refused for what cannot be read, saying what to do.
    """
    if not is_workbook(file):
        return _look_at_text(file, wanted, ours)
    with workbooks.opened(file) as book:
        return _look_at_sheet(book, wanted, sheet, ours)


def records(file: Any, layout: Layout) -> Iterator[Record]:
    """All records after the header, in order, read as they are asked for. Never raises for what is in a record.

    Raises Refused where a workbook turns out to be broken further on.
    """
    if not is_workbook(file):
        lines = islice(lines_of(file), layout.begins, None)
        yield from records_in(lines, layout.columns, layout.delimiter, layout.begins)
        return
    with workbooks.opened(file) as book:
        yield from workbooks.records(book, layout.sheet, layout.columns, layout.begins)


def check_text(file: Any) -> None:
    """Refuse, saying what to do, a file that is not UTF-8 (with or without a byte order mark), and an empty one."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    line, blank, chunk = 1, True, file.read(CHUNK)
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        words = _("The file is UTF-16. Save it as UTF-8 (in a spreadsheet: “CSV UTF-8”).")
        raise Refused(words, code="encoding", field="file")
    while True:
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise _not_utf8(line + error.object.count(b"\n", 0, error.start)) from error
        line += text.count("\n")
        blank = blank and not text.strip()
        if not chunk:
            break
        chunk = file.read(CHUNK)
    if blank:
        raise Refused(_("The file is empty. Choose another."), code="file_empty", field="file")


def _not_utf8(line: int) -> Refused:
    words = _(
        "Line %(line)s is not UTF-8. Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”), or convert it: "
        "iconv -f WINDOWS-1252 -t UTF-8 OLD.csv > NEW.csv"
    )
    return Refused(words % {"line": line}, code="encoding", field="file")


def lines_of(file: Any) -> Iterator[str]:
    """The lines of a text in UTF-8 with their ends: CR, LF, or both. The file stays open."""
    file.seek(0)
    wrapped = io.TextIOWrapper(getattr(file, "file", file), encoding="utf-8-sig", newline="")
    try:
        for line in wrapped:  # noqa: UP028 - "yield from" would close the file when nobody asks for more
            yield line
    finally:
        if not wrapped.closed:
            wrapped.detach()


def _look_at_text(file: Any, wanted: Wanted, ours: bool) -> Layout:
    """Find delimiter and header of a CSV file; the delimiter is the one that gives most of the wanted columns."""
    check_text(file)
    head = list(islice(lines_of(file), 2 * LONGEST_RECORD))
    names = {column for _key, column in wanted}
    best = best_table(head, lambda columns: len(names & set(columns)), ours)
    check_columns(best.columns, wanted)
    return Layout(unique(best.columns), best.begins, best.delimiter)


def _look_at_sheet(book: workbooks.Book, wanted: Wanted, sheet: str, ours: bool) -> Layout:
    """Find the header of a sheet, the first if none is named: its first row with anything in it."""
    name = workbooks.named(book, sheet)
    for number, values in workbooks.rows(book, name):
        if columns := header_of(values, ours):
            check_columns(columns, wanted)
            return Layout(unique(columns), number, sheet=name)
    words = _("The sheet “%(sheet)s” is empty. Choose another.") % {"sheet": name}
    raise Refused(words, code="file_empty", field="file")
