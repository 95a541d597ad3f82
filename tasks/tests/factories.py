"""Making things for tests, through the verbs where there are any."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from organization.models import (
    CalendarWindow,
    Department,
    Holding,
    Membership,
    OfficeCalendar,
    Qualification,
    Site,
    User,
)
from organization.setup import (
    save_calendar,
    save_department,
    save_holding,
    save_membership,
    save_person,
    save_site,
)
from tasks.models import Procedure, Requirement, Step, Task
from tasks.opening import Request, open_task
from tasks.procedures import draft_of, publish, save_draft, save_procedure

_numbers = itertools.count(1)
LONG_AGO = dt.date(2020, 1, 1)
FULL_WEEK = [480, 480, 480, 480, 480, 0, 0]


def site(name: str = "", zone: str = "Europe/Dublin", country: str = "", subdivision: str = "") -> Site:
    row = Site(name=name or f"Site {next(_numbers)}", time_zone=zone, country=country, subdivision=subdivision)
    return save_site(row, actor=None)


def calendar(name: str = "", days: range = range(5), start: int = 9, end: int = 17) -> OfficeCalendar:
    windows = [CalendarWindow(weekday=day, start=dt.time(start), end=dt.time(end)) for day in days]
    row = OfficeCalendar(name=name or f"Calendar {next(_numbers)}")
    return save_calendar(row, actor=None, windows=windows, closures=[])


def department(name: str = "", **fields: Any) -> Department:
    number = next(_numbers)
    fields.setdefault("site", None)
    row = Department(
        code=fields.pop("code", f"D{number}"),
        name=name or f"Department {number}",
        site=fields.pop("site") or site(),
        calendar=fields.pop("calendar", None) or calendar(),
        **fields,
    )
    return save_department(row, actor=None)


def person(name: str = "", *, password: str = "", **fields: Any) -> User:
    number = next(_numbers)
    name = name or f"Person {number}"
    fields.setdefault("email", f"{name.split()[0].lower()}.{number}@office.example")
    row = User(name=name, **fields)
    if password:
        row.set_password(password)
    return save_person(row, actor=None)


def member(who: User, where: Department, role: str = "assistant", **fields: Any) -> Membership:
    from organization.standing import forget

    fields.setdefault("starts_on", LONG_AGO)
    fields.setdefault("minutes", FULL_WEEK)
    row = save_membership(Membership(person=who, department=where, role=role, **fields), actor=None)
    forget(who)
    return row


def qualification(name: str = "") -> Qualification:
    return Qualification.objects.create(name=name or f"Qualification {next(_numbers)}")


def holding(who: User, what: Qualification, level: int = 1, **fields: Any) -> Holding:
    fields.setdefault("valid_from", LONG_AGO)
    return save_holding(Holding(person=who, qualification=what, level=level, **fields), actor=None)


def procedure(
    name: str = "",
    *,
    steps: list[dict[str, Any]] | None = None,
    review: bool = False,
    departments: list[Department] | None = None,
    requires: list[tuple[Qualification, int]] | None = None,
    **fields: Any,
) -> Procedure:
    """A procedure with a published version."""
    row = save_procedure(
        Procedure(name=name or f"Procedure {next(_numbers)}", **fields),
        actor=None,
        departments=departments or [],
        requirements=[Requirement(qualification=what, level=level) for what, level in requires or []],
    )
    draft = draft_of(row, actor=None)
    made = [
        Step(**({"key": f"step-{number}", "instruction": f"Step {number}"} | step))
        for number, step in enumerate(steps or [], start=1)
    ]
    save_draft(draft, made, actor=None, wants_review=review)
    publish(draft, actor=None)
    return row


def task(where: Department, how: Procedure | None = None, *, actor: User | None = None, **fields: Any) -> Task:
    fields.setdefault("title", f"Task {next(_numbers)}")
    occurred_at = fields.pop("occurred_at", None)
    return open_task(
        Request(**fields),
        procedure=how or procedure(),
        department=where,
        actor=actor,
        occurred_at=occurred_at,
    )
