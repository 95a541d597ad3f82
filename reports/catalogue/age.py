"""Open work by age: everything unfinished at this moment, by how long ago it was opened."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.catalogue.base import By, Gathering, Parameters, Report, When
from reports.facts import rows_of
from reports.names import names_of
from reports.scope import Place
from reports.tables import Chart, Column, Kind, Row, Series, Table, totalled
from tasks.states import UNFINISHED

# A bucket holds what is younger than its number of days (of 24 hours) and not younger than that of the one before.
EDGES = (1, 3, 7, 14, 30, 90)
BUCKETS = tuple(f"age_{number}" for number in range(len(EDGES) + 1))
LABELS = (
    _("Under 1 day"),
    _("1 to 3 days"),
    _("3 to 7 days"),
    _("7 to 14 days"),
    _("14 to 30 days"),
    _("30 to 90 days"),
    _("90 days and more"),
)
GROUPS = {By.PERSON: "assignee_id", By.PROCEDURE: "procedure_id", By.STATE: "state"}
_OPEN = "state IN ({})".format(", ".join(f"'{state}'" for state in UNFINISHED))
_STATEMENT = """SELECT department_id, {group},
    width_bucket(extract(epoch FROM %(now)s::timestamptz - opened_at) / 86400.0, %(edges)s::numeric[]), count(*),
    sum(remaining_minutes), count(*) FILTER (WHERE due_at < %(now)s), min(opened_at)
FROM tasks_task WHERE department_id = ANY(%(departments)s) AND {open}
    AND (%(person)s IS NULL OR assignee_id = %(person)s)
GROUP BY 1, 2, 3"""


def _figures(parameters: Parameters) -> tuple[Column, ...]:
    return (
        *(Column(key, label) for key, label in zip(BUCKETS, LABELS, strict=True)),
        Column("open", _("All open")),
        Column("overdue", _("Overdue")),
        Column("minutes", _("Standard hours to do"), Kind.MINUTES),
        Column("oldest", _("Oldest, days"), Kind.DAYS),
    )


def _chart(parameters: Parameters) -> Chart:
    series = tuple(Series(key, label) for key, label in zip(BUCKETS, LABELS, strict=True))
    return Chart(_("Open tasks by age"), series, by_column=True)


class Age(Gathering):
    """Counts by (department, group) from the index of unfinished work."""

    def __init__(self, question: Any) -> None:
        super().__init__(question)
        self.rows: dict[tuple[int, Any], Row] = {}

    def look(self, places: list[Place]) -> None:
        group = GROUPS.get(self.question.by, "NULL::bigint")  # type: ignore[call-overload]
        values = {
            "now": self.question.as_of,
            "edges": list(EDGES),
            "departments": [place.department.pk for place in places],
            "person": self.question.scope.person_id,
        }
        for row in rows_of(_STATEMENT.format(group=group, open=_OPEN), values):
            self._add(*row)

    def _add(
        self, department: int, group: Any, bucket: int, tasks: int, minutes: int, overdue: int, oldest: Any
    ) -> None:
        empty: Row = dict.fromkeys((*BUCKETS, "open", "overdue", "minutes", "oldest"), 0)
        row = self.rows.setdefault((department, group), empty)
        row[BUCKETS[bucket]] += tasks
        row["open"] += tasks
        row["overdue"] += overdue
        row["minutes"] += minutes
        row["oldest"] = max(row["oldest"], (self.question.as_of - oldest).days)

    def table(self) -> Table:
        names = names_of(self.question.by, (group for _place, group in self.rows))
        keys = {key: names[key[1]] for key in self.rows}
        rows = [
            {"department": self.departments[place].name, "group": keys[place, group], **self.rows[place, group]}
            for place, group in self.ordered(keys)
        ]
        oldest = max((row["oldest"] for row in rows), default=None)
        return Table(rows, totalled(rows, REPORT.columns(self.question.parameters), oldest=oldest))


REPORT = Report(
    name="age",
    title=_("Open work by age"),
    about=_("What is unfinished now, and how long ago it was opened."),
    when=When.NOW,
    gathering=Age,
    figures=_figures,
    chart=_chart,
    bys=(By.DEPARTMENT, By.PROCEDURE, By.PERSON, By.STATE),
    notes=(
        _("Planned, waiting and reviewed work is in it. Reopened work is as old as when it was first opened."),
        _("A day has 24 hours here, whatever the calendar."),
    ),
)
