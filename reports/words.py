"""How the days, numbers and moments of reports are said to people."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.dates import plain_day
from organization.models import Department, User
from reports.tables import Kind
from tasks.states import State


def days_words(first: dt.date, last: dt.date) -> str:
    """1 Oct 2026 to 31 Oct 2026, or the one day."""
    if first == last:
        return plain_day(first)
    return _("%(first)s to %(last)s") % {"first": plain_day(first), "last": plain_day(last)}


def about_words(person: User | None, department: Department | None, count: int) -> str:
    """What a report is about: somebody's own work, a department with those below it, or all in reach."""
    if person:
        return _("Own work of %(person)s") % {"person": person.name}
    if department is None:
        return ngettext("%(count)s department", "%(count)s departments", count) % {"count": count}
    if count > 1:
        return _("%(department)s and %(count)s below it") % {"department": department.name, "count": count - 1}
    return department.name


def cell_words(kind: str, value: Any) -> str:
    """A cell as a person reads it, numbers in the reader's locale; an empty text for None."""
    if kind == Kind.PERSON:
        return str(value or _("Nobody yet"))
    if value is None:
        return ""
    if kind == Kind.STATE:
        return str(State(value).label) if value in State.values else str(value)
    if kind == Kind.MINUTES:
        return number_format(round(value / 60, 1), 1, force_grouping=True)
    if kind == Kind.SHARE:
        return _("%(number)s %%") % {"number": number_format(round(value * 100, 1), 1)}
    if kind in {Kind.COUNT, Kind.DAYS}:
        return number_format(value, force_grouping=True)
    return str(value)


def raw_cell(kind: str, value: Any) -> Any:
    """A cell as a program takes it: hours with two decimals, shares as numbers, names in the reader's language."""
    if kind == Kind.MINUTES and value is not None:
        return round(value / 60, 2)
    if kind in {Kind.PERSON, Kind.STATE}:
        return cell_words(kind, value)
    return value
