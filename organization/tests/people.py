"""Making people and places for the tests of this floor, through its verbs."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from organization.models import CalendarClosure, CalendarWindow, Department, Membership, OfficeCalendar, Site, User
from organization.setup import save_calendar, save_department, save_membership, save_person, save_site

_numbers = itertools.count(1)


def person(name: str, *, password: str = "", **fields: Any) -> User:
    row = User(name=name, email=f"person.{next(_numbers)}@office.example", **fields)
    if password:
        row.set_password(password)
    return save_person(row, actor=None)


def department(name: str, closures: list[CalendarClosure] | None = None) -> Department:
    """Nine to five from Monday to Friday in Dublin."""
    number = next(_numbers)
    windows = [CalendarWindow(weekday=day, start=dt.time(9), end=dt.time(17)) for day in range(5)]
    week = save_calendar(OfficeCalendar(name=f"Week {number}"), actor=None, windows=windows, closures=closures or [])
    site = save_site(Site(name=f"Hall {number}", time_zone="Europe/Dublin"), actor=None)
    return save_department(Department(code=f"D{number}", name=name, site=site, calendar=week), actor=None)


def member(who: User, where: Department, **fields: Any) -> Membership:
    fields = {"minutes": [480] * 5 + [0, 0], "starts_on": dt.date(2020, 1, 1)} | fields
    return save_membership(Membership(person=who, department=where, **fields), actor=None)
