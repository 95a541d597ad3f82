"""On time against target: of what was finished, how much by its due time, and how late the rest was."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.calendars import calendar_of
from reports.catalogue.base import By, Gathering, Parameters, Report, When
from reports.facts import Finished, finished_work
from reports.names import names_of
from reports.scope import Place
from reports.tables import Chart, Column, Kind, Row, Series, Table, share_of, totalled


class Dues(models.TextChoices):
    """Which due times count."""

    ALL = "all", _("all due times")
    TARGET = "target", _("targets of procedures")
    SET = "set", _("due times somebody set")


def _figures(parameters: Parameters) -> tuple[Column, ...]:
    return (
        Column("finished", _("Finished")),
        Column("on_time", _("On time")),
        Column("late", _("Late")),
        Column("share", _("On time"), Kind.SHARE, share=("on_time", "finished")),
        Column("median_late", _("Late by, median working hours"), Kind.MINUTES),
    )


def _chart(parameters: Parameters) -> Chart:
    return Chart(_("Finished on time and late"), (Series("on_time", _("on time")), Series("late", _("late"))))


class OnTime(Gathering):
    """Completions that stand, by (department, group), with the working minutes of the late ones."""

    def __init__(self, question: Any) -> None:
        super().__init__(question)
        self.on_time: dict[tuple[int, Any], int] = defaultdict(int)
        self.late: dict[tuple[int, Any], list[int]] = defaultdict(list)

    def look(self, places: list[Place]) -> None:
        for one in finished_work(places, self.question.scope.person_id):
            if not one.reopened and self._counts(one):
                self._add(one)

    def _counts(self, one: Finished) -> bool:
        dues = self.question.parameters.get("dues", Dues.ALL)
        return bool(dues == Dues.ALL or one.from_target == (dues == Dues.TARGET))

    def _add(self, one: Finished) -> None:
        group = {By.PERSON: one.person_id, By.PROCEDURE: one.procedure_id}.get(self.question.by)  # type: ignore[call-overload]
        key = (one.department_id, group)
        self.on_time[key] += one.at <= one.due_at
        if one.at > one.due_at:
            calendar = calendar_of(self.departments[one.department_id])
            self.late[key].append(calendar.minutes_between(one.due_at, one.at))

    def table(self) -> Table:
        names = names_of(self.question.by, (group for _place, group in self.on_time))
        keys = {key: names[key[1]] for key in self.on_time}
        rows = [self._row(key, keys[key]) for key in self.ordered(keys)]
        every = [minutes for late in self.late.values() for minutes in late]
        columns = REPORT.columns(self.question.parameters)
        return Table(rows, totalled(rows, columns) | {"median_late": _median(every)})

    def _row(self, key: tuple[int, Any], name: str) -> Row:
        late, on_time = self.late.get(key, []), self.on_time[key]
        return {
            "department": self.departments[key[0]].name,
            "group": name,
            "finished": on_time + len(late),
            "on_time": on_time,
            "late": len(late),
            "share": share_of(on_time, on_time + len(late)),
            "median_late": _median(late),
        }


def _median(minutes: list[int]) -> int | None:
    return round(median(minutes)) if minutes else None


REPORT = Report(
    name="on-time",
    title=_("On time against target"),
    about=_("How much of what was finished was finished by its due time, and how late the rest was."),
    when=When.PERIOD,
    gathering=OnTime,
    figures=_figures,
    chart=_chart,
    bys=(By.DEPARTMENT, By.PROCEDURE, By.PERSON),
    choices={"dues": Dues},
    notes=(
        _("The due time is the one in force when the work was finished. What was reopened since is left out."),
        _("Working hours are those of the department's calendar."),
    ),
)
