"""All rows of a file planned together: what the preview shows and a batch of the run does."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from organization.importing import departments, people
from organization.importing.plans import Plan, twins
from organization.importing.sheets import KINDS, Cells
from organization.models import User
from records.reading import Record
from records.rejects import Bad

PLANNERS: dict[str, Any] = {"departments": departments.Departments, "people": people.People}


def ordered(kind: str, records: list[Record], names: dict[str, str]) -> list[Record]:
    """The rows in the order they have to be done in."""
    return departments.in_order(records, names) if kind == "departments" else records


def plans_of(
    kind: str,
    records: list[Record],
    names: dict[str, str],
    same: dict[int, tuple[int, bool]],
    *,
    actor: User | None,
) -> list[Plan]:
    """A plan for each row, each seeing what those before it would do. Statements do not depend on how many there are.

    `same` are the rows that repeat another (`same_rows` of the whole file).
    """
    planner = PLANNERS[kind](records, names, actor)
    return [_plan(planner, kind, Cells(one.cells, names), one, same.get(one.line)) for one in records]


def same_rows(kind: str, records: list[Record], names: dict[str, str]) -> dict[int, tuple[int, bool]]:
    """Rows of the file about what an earlier one is about."""
    return twins(records, names, key_of(kind))


def key_of(kind: str) -> str:
    """The column that says what a row is about."""
    return next(column.key for column in KINDS[kind].columns if column.needed)


def _plan(planner: Any, kind: str, cells: Cells, record: Record, twin: tuple[int, bool] | None) -> Plan:
    plan = Plan(record.line, record.cells)
    if record.problem:
        plan.refuse([Bad(record.problem)])
    elif twin is None:
        planner.plan(plan, cells)
        plan.refuse(cells.in_order())
    else:
        key = key_of(kind)
        plan.name = cells.text(key)
        if not twin[1]:
            told = _("Line %(line)s is about the same one and says something else. Keep one of them.")
            cells.wrong(key, told % {"line": twin[0]})
        plan.refuse(cells.in_order())
    return plan
