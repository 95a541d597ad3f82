"""Rows of departments against what is stored."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.folding import fold
from organization import setup
from organization.importing.plans import Plan, put
from organization.importing.sheets import Cells
from organization.models import Department, OfficeCalendar, Site, User
from records.reading import Record

NONE = {"-", "–", "—"}


def in_order(records: list[Record], names: dict[str, str]) -> list[Record]:
    """The rows with each behind the one it is part of, where that is in the file; else in the order of the file."""
    by_name: dict[str, int] = {}
    above: dict[int, str] = {}
    for number, record in enumerate(records):
        for key in ("code", "name"):
            by_name.setdefault(fold(record.cells.get(names.get(key, ""), "")), number)
        above[number] = fold(record.cells.get(names.get("parent", ""), ""))
    by_name.pop("", None)
    done: dict[int, None] = {}
    for number in range(len(records)):
        way = []
        at: int | None = number
        while at is not None and at not in done and at not in way:
            way.append(at)
            at = by_name.get(above[at])
        done |= dict.fromkeys(reversed(way))
    return [records[number] for number in done]


class Departments:
    """What is stored and what the rows before have planned. Three statements when it is made."""

    def __init__(self, records: list[Record], names: dict[str, str], actor: User | None) -> None:
        self.names = names
        self.codes: dict[str, Department] = {}
        self.folded: dict[str, list[Department]] = {}
        for row in Department.objects.select_related("site", "calendar", "parent").order_by("folded_name", "pk"):
            self._know(row)
        self.sites = {row.folded_name: row for row in Site.objects.order_by("folded_name", "pk")}
        self.calendars = {row.folded_name: row for row in OfficeCalendar.objects.order_by("folded_name", "pk")}

    def _know(self, row: Department) -> None:
        self.codes[row.code] = row
        self.folded.setdefault(fold(row.name), []).append(row)

    def plan(self, plan: Plan, cells: Cells) -> None:
        """Work out what the row would do. All that stands in its way becomes faults of `cells`."""
        code, name = cells.text("code").upper(), cells.text("name")
        if not code:
            cells.missing("code", _("The row has no code. Give each department its own."))
        stored = self.codes.get(code)
        plan.is_new = bool(code) and stored is None
        row = stored or Department(code=code)
        plan.name = f"{code} {name or row.name}".strip()
        if put(row, self._values(row, cells, plan.is_new), plan, cells) or plan.is_new:
            plan.steps.append(lambda actor: _save(row, actor))
        if plan.is_new and not cells.faults:
            self._know(row)

    def _values(self, row: Department, cells: Cells, is_new: bool) -> dict[str, Any]:
        values: dict[str, Any] = {"code": row.code} if is_new else {}
        if name := cells.text("name"):
            values["name"] = name
        elif is_new:
            cells.missing("name", _("A new department needs a name."))
        for key, rows, unknown, missing in (
            (
                "site",
                self.sites,
                _("There is no site “%(name)s”. Add it first, or write one of: %(known)s."),
                _("A new department needs a site."),
            ),
            (
                "calendar",
                self.calendars,
                _("There is no calendar “%(name)s”. Add it first, or write one of: %(known)s."),
                _("A new department needs a calendar."),
            ),
        ):
            found = self._named(cells, key, rows, unknown)
            if found is None and is_new:
                if len(rows) != 1:
                    cells.missing(key, missing)
                    continue
                found = next(iter(rows.values()))  # where there is but one, it is meant
            if found is not None:
                values[key] = found
        text = cells.text("parent")
        if text:
            values["parent"] = None if text in NONE else self._parent(row, text, cells)
        return values

    def _named(self, cells: Cells, key: str, rows: dict[str, Any], unknown: str) -> Any:
        text = cells.text(key)
        if not text:
            return None
        if fold(text) not in rows:
            known = ", ".join(row.name for row in list(rows.values())[:20])
            cells.wrong(key, unknown % {"name": text[:80], "known": known})
        return rows.get(fold(text))

    def _parent(self, row: Department, text: str, cells: Cells) -> Department | None:
        """The department above; None, with a fault, where it cannot be that one."""
        same = [self.codes[text.upper()]] if text.upper() in self.codes else self.folded.get(fold(text), [])
        if len(same) != 1:
            unknown = _("There is no department “%(name)s”. Use its code.")
            told = _("Several are called “%(name)s”. Use the code of the one that is meant.") if same else unknown
            cells.wrong("parent", told % {"name": text[:80]})
            return None
        above: Department | None = same[0]
        while above is not None:
            if above.code == row.code:
                cells.wrong("parent", _("A department cannot be part of itself. Choose another."))
                return None
            above = self.codes[above.parent.code] if above.parent else None
        return same[0]


def _save(row: Department, actor: User | None) -> None:
    row.parent = row.parent  # it may have been saved since: its number is known now
    setup.save_department(row, actor=actor)
