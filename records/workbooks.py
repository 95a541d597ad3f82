"""Reading workbooks (XLSX: ECMA-376 Part 1, SpreadsheetML): the cells of one sheet as texts, row by row.

openpyxl reads what is small (sheets, styles); rows and shared texts are read here as a stream, so that memory does not
grow with the sheet and the first rows cost the first rows. A formula counts as the result that is stored with it.

Limits keep an archive that unpacks into masses, or a sheet of endless columns, from harming anybody.
"""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape
from openpyxl.xml.constants import SHARED_STRINGS

from core.refusals import Refused
from records.reading import Record, record_of

CHUNK = 1 << 16
MOST_PARTS = 2000
MOST_BYTES = 512 << 20  # unpacked, all parts together
MOST_OF_SMALL = 20 << 20  # unpacked, of a part that is read as a whole
MOST_RATIO = 200  # of unpacked to packed, where that is more than a little
A_LITTLE = 10 << 20
MOST_TEXT = 200_000  # characters of one cell; programs write at most 32,767
MOST_COLUMNS = 1000
NO_RESULT = "#FORMULA!"  # stands for a formula whose result the file does not hold
BROKEN = (LookupError, zlib.error, zipfile.BadZipFile, zipfile.LargeZipFile, expat.ExpatError, RuntimeError, OSError)
Cells = dict[int, str]


def _refused(words: str, code: str) -> Refused:
    return Refused(words, code=code, field="file")


def _unreadable() -> Refused:
    return _refused(_("The workbook cannot be read. Open it in a spreadsheet program and save it as XLSX."), "workbook")


@dataclass
class Book:
    """An open workbook: where its sheets and shared texts are, and which styles are of dates."""

    archive: zipfile.ZipFile
    sheets: dict[str, str]
    texts: Texts
    dates: frozenset[int]
    spans: frozenset[int]
    epoch: dt.datetime


@contextmanager
def opened(file: Any) -> Iterator[Book]:
    """A workbook for reading; the file stays open. Raises Refused for what is none, and for what is too large."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _guard(archive)
            yield _book(archive, file)
    except (*BROKEN, EOFError) as error:
        raise _unreadable() from error


def _guard(archive: zipfile.ZipFile) -> None:
    """Refuse archives that unpack into masses. No more is ever unpacked of a part than it says it has."""
    parts = archive.infolist()
    whole = sum(part.file_size for part in parts)
    dense = any(part.file_size > A_LITTLE and part.file_size > MOST_RATIO * part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or whole > MOST_BYTES or dense:
        raise _refused(_("The workbook unpacks into too much. Save the sheet as CSV, or split it."), "workbook_large")
    if "[Content_Types].xml" not in archive.namelist():
        raise _refused(_("This is an archive, not a workbook. Choose a CSV or XLSX file."), "file_kind")


def _book(archive: zipfile.ZipFile, file: Any) -> Book:
    reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
    reader.archive = archive
    if any(part.file_size > MOST_OF_SMALL for part in archive.infolist() if _is_read(part)):
        raise _unreadable()
    try:
        reader.read_manifest()
        texts = _texts_part(reader.package, archive)
        reader.read_workbook()
        apply_stylesheet(archive, reader.wb)
        named = [(sheet, rel) for sheet, rel in reader.parser.find_sheets() if "worksheet" in rel.Type]
    except Exception as error:  # whatever a library makes of a file that only looks like a workbook
        raise _unreadable() from error
    shown = [one for one in named if one[0].state == "visible"] or named
    sheets = {sheet.name: rel.target for sheet, rel in shown if rel.target in archive.namelist()}
    if not sheets:
        raise _unreadable()
    dates, spans = frozenset(reader.wb._date_formats), frozenset(reader.wb._timedelta_formats)
    return Book(archive, sheets, Texts(archive, texts), dates, spans, reader.wb.epoch)


def _is_read(part: zipfile.ZipInfo) -> bool:
    """Is it one of the parts that are read as a whole?"""
    name = part.filename.rpartition("/")[2]
    return name.endswith(".rels") or name.startswith(("[Content_Types]", "workbook", "styles"))


def _texts_part(package: Manifest, archive: zipfile.ZipFile) -> str:
    found = package.find(SHARED_STRINGS)
    name = found.PartName[1:] if found is not None else ""
    return name if name in archive.namelist() else ""


class _Names(dict[str, str]):
    """Names of elements without their namespace, each found once: they come by the million."""

    def __missing__(self, name: str) -> str:
        self[name] = name.rpartition(" ")[2]
        return self[name]


class _Columns(dict[str, int]):
    """Numbers of columns by their letters."""

    def __missing__(self, letters: str) -> int:
        self[letters] = column_index_from_string(letters)
        return self[letters]


class Stream(ABC):
    """Events of one part of the archive, read in pieces. Document types, and with them entities, are refused."""

    def __init__(self, archive: zipfile.ZipFile, part: str) -> None:
        self.source = archive.open(part)
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.names = _Names()
        self.parser.StartElementHandler = lambda name, attrs: self.start(self.names[name], attrs)
        self.parser.EndElementHandler = lambda name: self.end(self.names[name])
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.more, self.text, self.size = True, [""], 0

    def feed(self) -> bool:
        """Read on by one piece; False at the end."""
        if self.more:
            piece = self.source.read(CHUNK)
            self.parser.Parse(piece, not piece)
            self.more = bool(piece)
        return self.more

    def refuse(self, *_args: Any) -> None:
        raise _unreadable()

    @abstractmethod
    def start(self, name: str, attrs: dict[str, str]) -> None:
        """An element begins."""

    @abstractmethod
    def end(self, name: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """Text inside of an element; kept up to the most that a cell may hold."""
        self.size += len(text)
        if self.size <= MOST_TEXT:
            self.text.append(text)

    def forget(self) -> None:
        self.text, self.size = [], 0


class Texts(Stream):
    """Texts that cells share, by number; read as far as they are asked for."""

    def __init__(self, archive: zipfile.ZipFile, part: str) -> None:
        self.known: list[str] = []
        self.said: list[str] = []
        self.spoken = 0  # inside of a reading aid for Japanese, which is no text of the cell
        self.more = bool(part)
        if part:
            super().__init__(archive, part)

    def __getitem__(self, number: int) -> str:
        while number >= len(self.known) and self.feed():
            pass
        return self.known[number]

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name == "si":
            self.said = []
        self.spoken += name == "rPh"
        self.forget()

    def end(self, name: str) -> None:
        if name == "t" and not self.spoken:
            self.said.append("".join(self.text))
        elif name == "si":
            self.known.append(unescape("".join(self.said)))
        self.spoken -= name == "rPh"


class Rows(Stream):
    """The rows of a sheet: number and the texts of cells by column (from 1), as they come."""

    def __init__(self, book: Book, part: str) -> None:
        super().__init__(book.archive, part)
        self.book = book
        self.done: list[tuple[int, Cells]] = []
        self.columns = _Columns()
        self.row = self.column = 0
        self.cells: Cells = {}
        self.kind, self.style, self.value, self.formula = "n", 0, "", False

    def __iter__(self) -> Iterator[tuple[int, Cells]]:
        on = True
        while on:
            on = self.feed()
            yield from self.done
            self.done = []

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name == "row":
            self.row = max(_number(attrs.get("r", "")), self.row + 1)
            self.column, self.cells = 0, {}
        elif name == "c":
            place = attrs.get("r", "")
            try:
                self.column = self.columns[place.rstrip("0123456789")] if place else self.column + 1
            except ValueError:
                self.refuse()
            self.kind, self.style = attrs.get("t", "n"), _number(attrs.get("s", ""))
            self.value, self.formula = "", False
        elif name == "f":
            self.formula = True
        self.forget()

    def end(self, name: str) -> None:
        if name == "v":
            self.value = "".join(self.text)
        elif name == "t":  # of a text that stands in the cell itself, perhaps in several pieces
            self.value += "".join(self.text)
        elif name == "c" and (self.value or self.formula):
            if self.column > MOST_COLUMNS:
                raise _refused(_("The sheet has more than %(most)s columns.") % {"most": MOST_COLUMNS}, "columns")
            self.cells[self.column] = self.said()
        elif name == "row":
            self.done.append((self.row, self.cells))
        self.forget()

    def said(self) -> str:
        """What the cell says, as text; dates as ISO 8601, without an offset."""
        if not self.value:
            return NO_RESULT
        if self.kind == "s":
            try:
                return self.book.texts[int(self.value)]
            except (IndexError, ValueError):
                return "#REF!"
        if self.kind == "b":
            return "FALSE" if self.value == "0" else "TRUE"
        if self.kind == "d":
            return self.value.replace("T", " ")
        if self.kind != "n":
            return str(unescape(self.value))
        try:
            number = float(self.value)
            return self._moment(number) if self.style in self.book.dates else _plain(number)
        except (ValueError, OverflowError):
            return self.value

    def _moment(self, number: float) -> str:
        value = from_excel(number, self.book.epoch, timedelta=self.style in self.book.spans)
        if isinstance(value, dt.datetime):
            return str(value.date()) if value.time() == dt.time() else value.isoformat(" ")
        return str(value)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def named(book: Book, sheet: str) -> str:
    """The name of the sheet that is meant, the first where none is. Raises Refused for one the workbook lacks."""
    name = sheet or next(iter(book.sheets))
    if name not in book.sheets:
        words = _("The workbook has no sheet “%(sheet)s”. It has: %(sheets)s")
        raise _refused(words % {"sheet": name, "sheets": ", ".join(book.sheets)}, "sheet_missing")
    return name


def rows(book: Book, sheet: str, width: int = 0) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row of a sheet that has any, filled up to `width`."""
    for number, cells in Rows(book, book.sheets[sheet]):
        last = max((column for column, text in cells.items() if text.strip()), default=0)
        if last:
            yield number, [cells.get(column, "") for column in range(1, max(last, width) + 1)]


def records(book: Book, sheet: str, columns: list[str], begins: int) -> Iterator[Record]:
    """The rows of a sheet after its header; `line` is the number of the row there."""
    for number, values in rows(book, sheet, len(columns)):
        if number > begins:
            yield record_of(columns, number, values)
