"""Time in each state: of what was finished, how long it was planned, open, in progress, waiting and in review."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from organization.calendars import calendar_of
from reports.catalogue.base import By, Gathering, Parameters, Report, When
from reports.facts import finished_work, rows_of
from reports.names import names_of
from reports.scope import Place
from reports.tables import Chart, Column, Kind, Row, Series, Table, totalled
from tasks.states import UNFINISHED, State

STATES = tuple(str(state) for state in UNFINISHED)
MEANS = tuple(f"{state}_minutes" for state in STATES)
AT_ONCE = 1000
# What moved each task from state to state up to its completion, in the order it was done.
_MOVES = """SELECT wanted.task_id, e.to_state, e.occurred_at
FROM unnest(%(tasks)s::bigint[], %(events)s::bigint[]) AS wanted (task_id, event_id)
CROSS JOIN LATERAL (SELECT id, to_state, occurred_at FROM records_event
    WHERE task_id = wanted.task_id AND id <= wanted.event_id AND from_state <> to_state OFFSET 0) AS e
ORDER BY wanted.task_id, e.id"""


class Measure(models.TextChoices):
    WORKING = "working", _("working hours")
    ELAPSED = "elapsed", _("all hours, nights too")


def _figures(parameters: Parameters) -> tuple[Column, ...]:
    labels = (
        _("Planned, mean hours"),
        _("Open, mean hours"),
        _("In progress, mean hours"),
        _("Waiting, mean hours"),
        _("In review, mean hours"),
    )
    return (
        Column("finished", _("Finished")),
        *(Column(key, label, Kind.MINUTES) for key, label in zip(MEANS, labels, strict=True)),
        Column("whole", _("Altogether, mean hours"), Kind.MINUTES),
    )


def _chart(parameters: Parameters) -> Chart:
    series = tuple(Series(key, State(state).label) for key, state in zip(MEANS, STATES, strict=True))
    return Chart(_("Mean hours in each state"), series)


class States(Gathering):
    """Minutes in each state by (department, group), and how many tasks they are of."""

    def __init__(self, question: Any) -> None:
        super().__init__(question)
        self.minutes: dict[tuple[int, Any], Counter[str]] = defaultdict(Counter)
        self.tasks: Counter[tuple[int, Any]] = Counter()

    def look(self, places: list[Place]) -> None:
        batch: dict[int, tuple[int, tuple[int, Any]]] = {}
        for one in finished_work(places, self.question.scope.person_id):
            if one.reopened:
                continue
            group = {By.PROCEDURE: one.procedure_id}.get(self.question.by)  # type: ignore[call-overload]
            batch[one.task_id] = (one.event_id, (one.department_id, group))
            if len(batch) == AT_ONCE:
                self._follow(batch)
                batch = {}
        self._follow(batch)

    def _follow(self, batch: dict[int, tuple[int, tuple[int, Any]]]) -> None:
        """Add the time between the moves of these tasks."""
        values = {"tasks": list(batch), "events": [event for event, _key in batch.values()]}
        self.tasks.update(key for _event, key in batch.values())
        before: tuple[int, str, dt.datetime] | None = None
        for task, state, at in rows_of(_MOVES, values):
            if before and before[0] == task:
                key = batch[task][1]
                self.minutes[key][before[1]] += self._between(key[0], before[2], at)
            before = (task, state, at)

    def _between(self, department: int, start: dt.datetime, end: dt.datetime) -> int:
        if end <= start:  # imports tell times that people wrote down
            return 0
        if self.question.parameters.get("measure", Measure.WORKING) == Measure.ELAPSED:
            return int((end - start).total_seconds() // 60)
        return calendar_of(self.departments[department]).minutes_between(start, end)

    def table(self) -> Table:
        names = names_of(self.question.by, (group for _place, group in self.tasks))
        keys = {key: names[key[1]] for key in self.tasks}
        rows = [
            {
                "department": self.departments[key[0]].name,
                "group": keys[key],
                **_means(self.minutes[key], self.tasks[key]),
            }
            for key in self.ordered(keys)
        ]
        whole: Counter[str] = sum(self.minutes.values(), Counter())
        return Table(rows, totalled(rows, REPORT.columns({})) | _means(whole, sum(self.tasks.values())))


def _means(minutes: Counter[str], tasks: int) -> Row:
    """Mean minutes of each state over all of the tasks."""
    means: Row = {f"{state}_minutes": round(minutes[state] / tasks) if tasks else None for state in STATES}
    whole = round(sum(minutes[state] for state in STATES) / tasks) if tasks else None
    return {"finished": tasks, **means, "whole": whole}


REPORT = Report(
    name="states",
    title=_("Time in each state"),
    about=_("How long finished work was open, in progress, waiting and in review."),
    when=When.PERIOD,
    gathering=States,
    figures=_figures,
    chart=_chart,
    bys=(By.DEPARTMENT, By.PROCEDURE),
    choices={"measure": Measure},
    notes=(
        _("From opening to the completion that still stands, whenever it was opened."),
        _("Working hours are those of the department it was finished in."),
    ),
)
