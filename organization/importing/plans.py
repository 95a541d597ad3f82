"""What a row would do: worked out without changing anything, then done step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from core.folding import fold
from organization.importing.sheets import Cells
from organization.models import User
from records.reading import Record
from records.rejects import Bad

ADD, CHANGE, SAME, REFUSED = "add", "change", "same", "refused"
STATES = (ADD, CHANGE, SAME, REFUSED)
Step = Callable[[User | None], Any]


@dataclass(frozen=True)
class Change:
    """One value that would be another; `old` is empty for what is new. All plain words."""

    label: str
    old: str
    new: str


@dataclass
class Plan:
    """A row with what it would do (`steps`, to be called with the actor), or why it cannot be taken: all `faults`, and
    the same in one (`bad`), as rows aside tell it.
    """

    line: int
    cells: dict[str, str]
    name: str = ""
    is_new: bool = False
    changes: list[Change] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    faults: list[Bad] = field(default_factory=list)
    bad: Bad | None = None

    def refuse(self, faults: list[Bad]) -> None:
        """The row cannot be taken, where there are faults."""
        self.faults, self.bad = faults, in_one(faults) if faults else None

    @property
    def state(self) -> str:
        """One of STATES."""
        if self.bad:
            return REFUSED
        if self.is_new:
            return ADD
        return CHANGE if self.steps else SAME

    def note(self, label: Any, old: Any, new: Any) -> None:
        """Tell a change in words."""
        self.changes.append(Change(str(label), str(old or ""), str(new or "")))


def put(row: models.Model, values: dict[str, Any], plan: Plan, cells: Cells) -> bool:
    """Put values into a row in memory, noting what differs; True where something does.

    What is wrong with them becomes faults of `cells`. Where there are any the row stays as it was. Touches no row of
    the database.
    """
    tried = copy(row)
    for name, value in values.items():
        setattr(tried, name, value)
    plain = {name for name in values if not row._meta.get_field(name).is_relation}
    try:
        tried.clean_fields(exclude={one.name for one in row._meta.fields} - plain)
    except ValidationError as error:
        for key, reason in _said(error):
            cells.wrong(key, reason)
    if cells.faults:
        return False
    differs = False
    for name, value in values.items():
        old = None if row.pk is None else getattr(row, name)
        if old != value:
            plan.note(_label(row, name), old, value)
            differs = True
        setattr(row, name, value)
    return differs


def _label(row: models.Model, name: str) -> str:
    told = str(getattr(row._meta.get_field(name), "verbose_name", name))
    return told[:1].upper() + told[1:]


def as_bad(error: ValidationError, cells: Cells) -> Bad:
    """What a verb said, at the columns it came from."""
    for key, reason in _said(error):
        cells.wrong(key, reason)
    return in_one(cells.in_order())


def _said(error: ValidationError) -> list[tuple[str, str]]:
    """The sentences of an error, each with the key of its column, "" where there is none."""
    if not hasattr(error, "error_dict"):
        return [("", " ".join(error.messages))]
    return [(COLUMN_OF.get(name, name), " ".join(said)) for name, said in error.message_dict.items()]


def in_one(faults: list[Bad]) -> Bad:
    """Several faults as one, at the column of the first; the others name theirs."""
    first, *rest = faults
    return Bad(" ".join([first.reason, *(f"{one.column}: {one.reason}" for one in rest)]), first.column)


COLUMN_OF = {"starts_on": "departments", "level": "qualifications", "valid_until": "qualifications"}


def twins(records: Iterable[Record], names: dict[str, str], key: str) -> dict[int, tuple[int, bool]]:
    """Rows about what a row further up is about: by line, the line of that one and whether it says the same."""
    first: dict[str, Record] = {}
    found = {}
    for record in records:
        about = fold(record.cells.get(names[key], ""))
        if about and not record.problem:
            other = first.setdefault(about, record)
            if other is not record:
                found[record.line] = other.line, other.cells == record.cells
    return found
