"""What a report declares: its name, its parameters, its columns and chart, and how its rows come about."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from reports.periods import Days, Period, days_of, next_week, this_week
from reports.scope import Place, Scope, departments_of, places_of
from reports.tables import Chart, Column, Kind, Table, Tell

Parameters = Mapping[str, Any]


class By(models.TextChoices):
    """What a row stands for, within each department."""

    PERSON = "person", _("person")
    PROCEDURE = "procedure", _("procedure")
    STATE = "state", _("state")
    DEPARTMENT = "department", _("department alone")


BY_COLUMNS: dict[str, Column] = {
    By.PERSON: Column("group", _("Person"), Kind.PERSON),
    By.PROCEDURE: Column("group", _("Procedure"), Kind.TEXT),
    By.STATE: Column("group", _("State"), Kind.STATE),
}


class When(models.TextChoices):
    """Which days a report is about: past ones that are asked for, a week of work ahead, or the present moment."""

    PERIOD = "period"
    WEEK = "week"
    NOW = "now"


class Week(models.TextChoices):
    NEXT = "next", _("next week")
    THIS = "this", _("this week")


@dataclass(frozen=True)
class Question:
    """What a report is to find out. `as_of` is the instant (aware) its numbers are true for."""

    scope: Scope
    days: Days
    parameters: Parameters
    as_of: dt.datetime

    @property
    def by(self) -> str:
        return str(self.parameters.get("by", By.DEPARTMENT))


Collect = Callable[[list[Place], Question], None]


class Gathering(ABC):
    """How rows are gathered: `look` reads some departments, `table` makes the table when all have been read."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.departments: dict[int, Department] = {}

    @abstractmethod
    def look(self, places: list[Place]) -> None:
        """Read what happened in some departments."""

    @abstractmethod
    def table(self) -> Table:
        """Rows and totals of all that was read."""

    def ordered(self, keys: Mapping[tuple[int, Any], str]) -> Iterator[tuple[int, Any]]:
        """Keys (department, group) by the department's name, then the group's; who is nobody comes last."""
        places = {pk: number for number, pk in enumerate(self.departments)}
        yield from sorted(keys, key=lambda key: (places[key[0]], keys[key] == "", keys[key].casefold(), str(key[1])))


@dataclass(frozen=True)
class Report:
    """One report of the catalogue. `columns` by parameters; the first columns say what a row stands for."""

    name: str
    title: Any
    about: Any
    when: str
    gathering: type[Gathering]
    figures: Callable[[Parameters], tuple[Column, ...]]
    chart: Callable[[Parameters], Chart]
    bys: tuple[str, ...] = ()
    choices: Mapping[str, type[models.TextChoices]] = field(default_factory=dict)
    notes: tuple[Any, ...] = ()

    def columns(self, parameters: Parameters) -> tuple[Column, ...]:
        """What the table has: the department, what a row stands for in it, and the figures."""
        place = Column("department", _("Department"), Kind.TEXT)
        group = BY_COLUMNS.get(str(parameters.get("by", "")))
        return (place, *([group] if group else []), *self.figures(parameters))

    def days(self, parameters: Parameters, today: dt.date) -> Days:
        """First and last day as seen on `today`. Raises KeyError and ValueError for parameters no form has checked."""
        if self.when == When.WEEK:
            return this_week(today) if parameters.get("week") == Week.THIS else next_week(today)
        if self.when == When.NOW:
            return today, today
        if parameters["period"] == Period.DATES:
            return dt.date.fromisoformat(parameters["first"]), dt.date.fromisoformat(parameters["last"])
        return days_of(parameters["period"], today)

    def make(self, question: Question, tell: Tell) -> Table:
        """The table that answers a question. `tell(done, all)` is called after every few departments."""
        departments = departments_of(question.scope, question.days)
        gathering = self.gathering(question)
        gathering.departments = {row.pk: row for row in departments}
        tell(0, len(departments))
        done = 0
        for places in places_of(departments, question.days):
            gathering.look(places)
            done += len(places)
            tell(done, len(departments))
        return gathering.table()
