"""Workload of a week: what each person has to do by its end, against the hours they will be there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from organization.calendars import calendar_of
from organization.capacity import capacity_on
from organization.models import Absence, Membership
from reports.catalogue.base import By, Gathering, Parameters, Report, Week, When
from reports.facts import PLACES, rows_of, values_of
from reports.names import names_of
from reports.periods import ONE_DAY
from reports.scope import Place
from reports.tables import Chart, Column, Kind, Row, Series, Table, totalled

# In review there is nothing left to do for who has it.
_HELD = f"""WITH {PLACES}
SELECT t.department_id, t.assignee_id, count(*),
    COALESCE(sum(t.remaining_minutes) FILTER (WHERE t.due_at < place.starts), 0),
    COALESCE(sum(t.remaining_minutes) FILTER (WHERE t.due_at >= place.starts), 0)
FROM place JOIN tasks_task AS t ON t.department_id = place.id
WHERE t.state IN ('planned', 'open', 'in_progress', 'waiting') AND t.due_at < place.ends
  AND (%(person)s IS NULL OR t.assignee_id = %(person)s)
GROUP BY 1, 2"""
Key = tuple[int, int | None]


def _figures(parameters: Parameters) -> tuple[Column, ...]:
    return (
        Column("tasks", _("Tasks due by the end")),
        Column("before", _("Due before the week, hours"), Kind.MINUTES),
        Column("due", _("Due in the week, hours"), Kind.MINUTES),
        Column("capacity", _("Hours there"), Kind.MINUTES),
        Column("load", _("Load"), Kind.SHARE, share=("minutes", "capacity")),
    )


def _chart(parameters: Parameters) -> Chart:
    series = (Series("before", _("due before the week")), Series("due", _("due in the week")))
    return Chart(_("Hours to do against hours there"), series, mark=Series("capacity", _("hours there")))


class Workload(Gathering):
    """Minutes to do from tasks, minutes there from memberships, absences and the department's calendar."""

    def __init__(self, question: Any) -> None:
        super().__init__(question)
        self.held: dict[Key, tuple[int, int, int]] = {}
        self.capacity: dict[Key, int] = defaultdict(int)

    def look(self, places: list[Place]) -> None:
        person = self.question.scope.person_id
        for department, holder, tasks, before, due in rows_of(_HELD, values_of(places, person=person)):
            self.held[department, holder] = (tasks, int(before), int(due))
        first, last = self.question.days
        memberships = Membership.objects.between(first, last).filter(
            department__in=[place.department.pk for place in places], person__is_active=True
        )
        memberships = memberships.filter(person_id=person) if person else memberships
        rows = list(memberships)
        away = self._away({row.person_id for row in rows}, places)
        for row in rows:
            self._be_there(row, away[row.person_id])

    def _away(self, people: set[int], places: list[Place]) -> dict[int, list[tuple[dt.datetime, dt.datetime]]]:
        found: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
        start, end = min(place.start for place in places), max(place.end for place in places)
        for row in Absence.objects.overlapping(start, end).filter(person__in=people):
            found[row.person_id].append((row.starts_at, row.ends_at))
        return found

    def _be_there(self, row: Membership, away: list[tuple[dt.datetime, dt.datetime]]) -> None:
        """Add the minutes of one membership on the days of the week it is in force."""
        calendar = calendar_of(self.departments[row.department_id])
        first, last = self.question.days
        day = max(first, row.starts_on)
        while day <= min(last, row.ends_on or last):
            self.capacity[row.department_id, row.person_id] += capacity_on(calendar, day, row.minutes, away)
            day += ONE_DAY

    def table(self) -> Table:
        every = self.held.keys() | self.capacity.keys()
        names = names_of(By.PERSON, (person for _place, person in every))
        keys = {key: names[key[1]] for key in every}
        rows = [self._row(key, keys[key]) for key in self.ordered(keys)]
        columns = (*REPORT.columns(self.question.parameters), Column("minutes", ""))
        totals = totalled(rows, columns)
        return Table(rows, totals)

    def _row(self, key: tuple[int, Any], name: str) -> Row:
        tasks, before, due = self.held.get(key, (0, 0, 0))
        there = self.capacity.get(key) if key[1] else None
        return {
            "department": self.departments[key[0]].name,
            "group": name,
            "tasks": tasks,
            "before": before,
            "due": due,
            "minutes": before + due,
            "capacity": there,
            "load": round((before + due) / there, 4) if there else None,
        }


REPORT = Report(
    name="workload",
    title=_("Workload of a week"),
    about=_("What everybody has to do by the end of next week, against the hours they will be there."),
    when=When.WEEK,
    gathering=Workload,
    figures=_figures,
    chart=_chart,
    bys=(By.PERSON,),
    choices={"week": Week},
    notes=(
        _("Standard hours still to do of work due by the end of the week; what is in review is left out."),
        _("Hours there are those of the memberships without holidays, closures and absences known today."),
    ),
)
