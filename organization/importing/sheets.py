"""The two kinds of file: their columns, their templates, and how a file's own columns are found among them."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import fold
from core.refusals import Refused
from records.reading import LINE, OURS, Record, Table, best_table, guess, split, unique
from records.rejects import Bad, as_came

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Column:
    """A column by its key. `heads` are further names it is known by, `words` say what stands in it."""

    key: str
    head: str
    heads: tuple[str, ...]
    words: object
    needed: bool = False


@dataclass(frozen=True)
class Kind:
    """A kind of file; `examples` are the rows of its template."""

    key: str
    label: object
    columns: tuple[Column, ...]
    examples: tuple[dict[str, str], ...]

    def template(self) -> str:
        """The template as CSV, ready to be filled in."""
        out = io.StringIO(newline="")
        shown = [column for column in self.columns if column.key not in DAYS]
        writer = csv.DictWriter(out, [column.head for column in shown], lineterminator="\r\n")
        writer.writeheader()
        for example in self.examples:
            writer.writerow({column.head: example.get(column.key, "") for column in shown})
        return out.getvalue()


DEPARTMENTS = Kind(
    "departments",
    gettext_lazy("Departments"),
    (
        Column("code", "Code", ("department code",), gettext_lazy("2 to 8 capital letters and figures."), needed=True),
        Column("name", "Name", ("department", "department name"), gettext_lazy("As it is shown in lists.")),
        Column("site", "Site", ("location", "place"), gettext_lazy("The name of a site of the set-up.")),
        Column(
            "parent",
            "Parent",
            ("part of", "parent code", "above"),
            gettext_lazy("Code or name of the department it is part of; a hyphen for none."),
        ),
        Column("calendar", "Calendar", ("working calendar",), gettext_lazy("The name of a calendar of the set-up.")),
    ),
    (
        {"code": "HALL", "name": "Town hall", "site": "Main building", "calendar": "Office hours"},
        {"code": "PER", "name": "Permits", "site": "Main building", "parent": "HALL", "calendar": "Office hours"},
    ),
)
PEOPLE = Kind(
    "people",
    gettext_lazy("People"),
    (
        Column(
            "email",
            "E-mail",
            ("e-mail address", "mail", "address"),
            gettext_lazy("Who is meant by a row."),
            needed=True,
        ),
        Column("name", "Name", ("full name", "person"), gettext_lazy("As colleagues know them.")),
        Column(
            "departments",
            "Departments",
            ("department", "department code", "department codes"),
            gettext_lazy("Codes of departments, with spaces between them. Those not named stay as they are."),
        ),
        Column(
            "role",
            "Role",
            ("roles", "as"),
            gettext_lazy("assistant or manager; one for all departments, or one for each in the same order."),
        ),
        Column("time_zone", "Time zone", ("zone",), gettext_lazy("Such as Europe/Dublin. Empty: that of the site.")),
        Column("language", "Language", ("lang",), gettext_lazy("Its code or its English name.")),
        Column(
            "minutes",
            "Minutes per weekday",
            ("minutes", "working time", "hours"),
            gettext_lazy(
                "full time, one number for Monday to Friday, or five or seven. Columns Monday to Sunday also do."
            ),
        ),
        *(Column(day, day.title(), (day[:3], f"{day} minutes"), gettext_lazy("Minutes on that day.")) for day in DAYS),
        Column(
            "qualifications",
            "Qualifications",
            ("qualification", "skills"),
            gettext_lazy("Name:level:last day, with semicolons between several. Level and day may be left out."),
        ),
        Column("invite", "Invite", ("invitation",), gettext_lazy("yes sends the mail with which they set a password.")),
    ),
    (
        {
            "email": "nia.bell@office.example",
            "name": "Nia Bell",
            "departments": "PER",
            "role": "assistant",
            "time_zone": "Europe/Dublin",
            "language": "en",
            "minutes": "full time",
            "qualifications": "Permit law:2:2030-12-31",
            "invite": "yes",
        },
        {
            "email": "omar.reyes@office.example",
            "name": "Omar Reyes",
            "departments": "PER HALL",
            "role": "manager assistant",
            "minutes": "480 480 240 480 0",
            "invite": "no",
        },
    ),
)
KINDS = {kind.key: kind for kind in (DEPARTMENTS, PEOPLE)}


@dataclass(frozen=True)
class Sheet:
    """A file understood: `names` is the column of the file by key, `ignored` are columns that mean nothing here."""

    kind: Kind
    table: Table
    names: dict[str, str]
    ignored: list[str]
    encoding: str

    def records(self) -> list[Record]:
        """All records. Raises Refused where there are none, or too many."""
        found = list(self.table.records())
        if not found:
            raise Refused(_("The file has no row below its columns."), code="file_empty", field="file")
        if len(found) > MOST_ROWS:
            words = _("The file has %(rows)s rows. Split it: %(most)s at once are the most.")
            raise Refused(words % {"rows": len(found), "most": MOST_ROWS}, code="file_too_large", field="file")
        if LINE not in self.table.columns:
            return found
        return [Record(one.line, {k: as_came(v) for k, v in one.cells.items()}, one.problem) for one in found]


def _word(name: str) -> str:
    """A name of a column without what people write differently."""
    return re.sub(r"[^a-z0-9]", "", fold(name))


def read_sheet(data: bytes, kind: Kind) -> Sheet:
    """Understand a file. Raises Refused for what is no CSV, too large, or lacks the column a row is known by."""
    if len(data) > MOST_BYTES:
        limit = MOST_BYTES // (1024 * 1024)
        words = _("The file is larger than %(limit)s MB. Send a smaller one.") % {"limit": limit}
        raise Refused(words, code="file_too_large", field="file")
    known = {_word(name): column.key for column in kind.columns for name in (column.head, *column.heads, column.key)}
    text, encoding = guess(data)
    table = best_table(split(text), lambda columns: sum(_word(one) in known for one in columns), ours=True)
    names: dict[str, str] = {}
    columns = unique(table.columns)
    for written, column in zip(table.columns, columns, strict=True):
        key = known.get(_word(written))
        if key in names:
            words = _("“%(one)s” and “%(other)s” are both understood as “%(column)s”. Remove one of them.")
            head = next(one.head for one in kind.columns if one.key == key)
            told = words % {"one": names[key], "other": written, "column": head}
            raise Refused(told, code="column_twice", field="file")
        if key:
            names[key] = column
    for one in kind.columns:
        if one.needed and one.key not in names:
            words = _("The file has no column “%(column)s”. It has: %(columns)s. Begin with the template.")
            told = words % {"column": one.head, "columns": ", ".join(columns[:40])}
            raise Refused(told, code="column_missing", field="file")
    ignored = [column for column in columns if column not in {*names.values(), *OURS}]
    return Sheet(kind, Table(table.lines, table.delimiter, columns, table.begins), names, ignored, encoding)


class Cells:
    """The values of one row by key, and what is wrong with them (`faults`), each at its own column."""

    def __init__(self, cells: dict[str, str], names: dict[str, str]) -> None:
        self.cells, self.names = cells, names
        self.faults: list[Bad] = []

    def text(self, key: str) -> str:
        """The value, "" where the file does not say. What no text may hold is a fault, and the value ""."""
        value = " ".join(self.cells.get(self.names.get(key, ""), "").split())
        if "\0" in value or "\u2400" in value:  # its picture is how a row kept aside shows it
            self.wrong(key, _("It holds a character that no text may hold (NUL)."))
            return ""
        return value

    def wrong(self, key: str, reason: str) -> None:
        """A fault at the column of the key, told once."""
        fault = Bad(reason, self.names.get(key, ""))
        if not any((one.column, one.reason) == (fault.column, fault.reason) for one in self.faults):
            self.faults.append(fault)

    def missing(self, key: str, reason: str) -> None:
        """A fault where the file does not say what it must; none where what it says is one already."""
        if not any(one.column == self.names.get(key) for one in self.faults):
            self.wrong(key, reason)

    def in_order(self) -> list[Bad]:
        """All faults in the order of the file's columns."""
        columns = list(self.names.values())
        return sorted(self.faults, key=lambda one: columns.index(one.column) if one.column in columns else -1)
