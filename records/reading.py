"""Reading CSV (RFC 4180, and what people make of it): text from bytes, delimiter, header, records with their lines.

A record that cannot be read costs its own first line and nothing else: the reader goes on at the line after it, so a
stray quotation mark does not swallow what follows. Every line is part of exactly one record. What is here reads small
files as a whole; `records.tables` reads large ones, and workbooks, as a stream.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from core.refusals import Refused

DELIMITERS = (",", ";", "\t", "|")
LONGEST_RECORD = 1000  # lines; what a quotation mark that is never closed may look through
# Columns of our own in what is exported: a file's own column of such a name gets another one.
LINE, COLUMN, REASON = "import:line", "import:column", "import:reason"
REST = "import:rest"  # what is left over of a row that does not fit the header
OURS = frozenset({LINE, COLUMN, REASON, REST})


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it came, by column; `line` is its first line in the file, the header's being 1.

    `problem` says why it is not a row; then `cells` may lack columns, and REST holds what has no column.
    """

    line: int
    cells: dict[str, str]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """A file's lines, and how to read them."""

    lines: list[str]
    delimiter: str
    columns: list[str]
    begins: int

    def records(self) -> Iterator[Record]:
        """All records after the header, in order. Never raises."""
        return records_in(islice(self.lines, self.begins, None), self.columns, self.delimiter, self.begins)


def records_in(lines: Iterable[str], columns: list[str], delimiter: str, before: int) -> Iterator[Record]:
    """The records of lines that come after `before` others; only as many lines are asked for as a record needs."""
    for line, values, text, _after in _spans(lines, delimiter, before):
        if values is None:
            why = _("A quotation mark is not closed, or stands inside of a value.")
            yield Record(line, {REST: text.rstrip("\r\n")}, why)
        elif len(values) > 1 or any(value.strip() for value in values):
            yield record_of(columns, line, values, delimiter)


def record_of(columns: list[str], line: int, values: list[str], delimiter: str = ",") -> Record:
    """The values of a row by column."""
    cells = dict(zip(columns, values, strict=False))
    if len(values) == len(columns):
        return Record(line, cells)
    if len(values) > len(columns):
        cells[REST] = delimiter.join(values[len(columns) :])
    return Record(line, cells, ragged(len(values), len(columns)))


def ragged(found: int, wanted: int) -> str:
    """The reason of a row that does not fit the header."""
    return _("The header names %(wanted)s columns, the row has %(found)s.") % {"found": found, "wanted": wanted}


class _Lines:
    """Lines for a reader of records, at most `LONGEST_RECORD` for one; what a record did not need is given again."""

    def __init__(self, source: Iterable[str], number: int) -> None:
        self.source, self.number = iter(source), number
        self.ahead: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= LONGEST_RECORD:
            raise StopIteration
        line = self.ahead.popleft() if self.ahead else next(self.source)
        self.taken.append(line)
        return line

    def more(self) -> bool:
        if not self.ahead:
            self.ahead.extend(islice(self.source, 1))
        return bool(self.ahead)

    def close_record(self, count: int) -> None:
        """The record was the first `count` lines taken."""
        self.ahead.extendleft(reversed(self.taken[count:]))
        self.number += count
        self.taken = []


def _spans(lines: Iterable[str], delimiter: str, before: int) -> Iterator[tuple[int, list[str] | None, str, int]]:
    """(first line, values, text of the first line, last line) of each record; None where no value could be read.

    `before` is how many lines came before.
    """
    source = _Lines(lines, before)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while source.more():
        try:
            values: list[str] | None = next(reader)
        except (csv.Error, StopIteration):
            values = None
        first, text = source.number + 1, source.taken[0]
        source.close_record(1 if values is None else len(source.taken))
        yield first, values, text, source.number


def decode(data: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark.

    Raises Refused, saying what to do, for any other encoding and for an empty file.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused(
            _("The file is UTF-16. Save it as UTF-8 (in a spreadsheet: “CSV UTF-8”)."), code="encoding", field="file"
        )
    bare = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = bare.decode("utf-8")
    except UnicodeDecodeError as error:
        line = bare.count(b"\n", 0, error.start) + 1
        raise Refused(
            _(
                "Line %(line)s is not UTF-8. Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”), or convert it: "
                "iconv -f WINDOWS-1252 -t UTF-8 OLD.csv > NEW.csv"
            )
            % {"line": line},
            code="encoding",
            field="file",
        ) from error
    if not text.strip():
        raise Refused(_("The file is empty. Choose another."), code="file_empty", field="file")
    return text


def guess(data: bytes) -> tuple[str, str]:
    """The text of a file and how it is encoded: UTF-8, UTF-16 with its mark, else Windows-1252, as spreadsheets save.

    Raises Refused for an empty file and for what is no text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tries = [("UTF-16", "utf-16", data)]
    else:
        bare = data.removeprefix(codecs.BOM_UTF8)
        tries = [("UTF-8", "utf-8", bare), ("Windows-1252", "cp1252", bare)]
    for name, codec, raw in tries:
        try:
            text = raw.decode(codec)
        except UnicodeDecodeError:
            continue
        if not text.strip():
            raise Refused(_("The file is empty. Choose another."), code="file_empty", field="file")
        if "\0" not in text:
            return text, name
    words = _("This is no CSV file. Save it as CSV (in a spreadsheet: “CSV UTF-8”), then choose it again.")
    raise Refused(words, code="encoding", field="file")


def lines_of(data: bytes) -> list[str]:
    """The lines of a file with their ends: CR, LF, or both. Raises Refused as `decode` does."""
    return split(decode(data))


def split(text: str) -> list[str]:
    """The lines of a text with their ends: CR, LF, or both."""
    return list(io.StringIO(text, newline=""))


def read_table(data: bytes, wanted: list[tuple[str, str]], ours: bool = False) -> Table:
    """Find delimiter and header of a CSV file. `wanted` is (key of the mapping, column) for each column it must have.

    `ours` says that it is an export of ours, with our own columns. The delimiter is the one under which most of the
    wanted columns are found. Raises Refused for another encoding, a header that cannot be read, and a column that is
    missing or there twice.
    """
    lines = lines_of(data)
    names = {column for _key, column in wanted}
    best = best_table(lines, lambda columns: len(names & set(columns)), ours)
    check_columns(best.columns, wanted)
    return Table(best.lines, best.delimiter, unique(best.columns), best.begins)


def best_table(lines: list[str], known: Callable[[list[str]], int], ours: bool = False) -> Table:
    """The table under the delimiter with which most columns are `known`, its columns as they are written.

    Raises Refused where the header cannot be read.
    """
    tables = [table for delimiter in DELIMITERS if (table := _headed(lines, delimiter, ours))]
    if not tables:
        raise Refused(_("The first line cannot be read as the names of the columns."), code="header", field="file")
    return max(tables, key=lambda table: (known(table.columns), len(table.columns)))


def _headed(lines: list[str], delimiter: str, ours: bool) -> Table | None:
    """The table whose header is the first record that is not blank; None when that cannot be read."""
    for _first, values, _text, after in _spans(lines, delimiter, 0):
        if values is None:
            return None
        if header := header_of(values, ours):
            return Table(lines, delimiter, header, after)
    return None


def header_of(values: list[str], ours: bool) -> list[str]:
    """The names of columns in a row, none when it is blank. What our own columns are called is nobody else's name."""
    names = [clean(value).strip() for value in values]
    return [name if ours or name not in OURS else "" for name in names] if any(names) else []


def check_columns(columns: list[str], wanted: list[tuple[str, str]]) -> None:
    """Refuse a file that lacks a wanted column, or has it twice; names key and column."""
    for key, column in wanted:
        found = columns.count(column)
        if found == 1:
            continue
        names = {"key": key, "column": column, "columns": ", ".join(columns[:40])}
        if found:
            sentence = _("The file has the column “%(column)s” more than once, which the mapping names in “%(key)s”.")
        else:
            sentence = _(
                "The file has no column “%(column)s”, which the mapping names in “%(key)s”. It has: %(columns)s"
            )
        raise Refused(sentence % names, code="column_missing", field=key)


def unique(columns: list[str]) -> list[str]:
    """Names for columns without one or with one that is taken, so that no value is lost."""
    names: list[str] = []
    for number, column in enumerate(columns, start=1):
        name = column or f"import:column {number}"
        while name in names:
            name += f" ({number})"
        names.append(name)
    return names


def clean(text: str) -> str:
    """A text as the database can keep it: the one character it cannot hold is shown by its picture."""
    return text.replace("\0", "\u2400")
