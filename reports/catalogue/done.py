"""Work done, per person and department: what was finished, and the hands and eyes that were in it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.catalogue.base import By, Gathering, Parameters, Report, When
from reports.facts import PLACES, finished_work, rows_of, values_of
from reports.names import names_of
from reports.scope import Place
from reports.tables import Chart, Column, Kind, Row, Series, Table, totalled

WORKED = ("start", "next", "take_over", "resume", "wait", "mark_step", "submit", "complete", "edit")
_HANDS = f"""WITH {PLACES}
SELECT e.department_id, e.actor_id,
    count(DISTINCT e.task_id) FILTER (WHERE e.verb = ANY(%(worked)s)),
    count(*) FILTER (WHERE e.verb IN ('approve', 'send_back')
        AND NOT EXISTS (SELECT 1 FROM records_event AS u WHERE u.reverses_id = e.id))
FROM place CROSS JOIN LATERAL (
    SELECT id, department_id, actor_id, task_id, verb FROM records_event
    WHERE department_id = place.id AND occurred_at >= place.starts AND occurred_at < place.ends
      AND task_id IS NOT NULL AND actor_id IS NOT NULL
      AND (%(person)s IS NULL OR actor_id = %(person)s) OFFSET 0) AS e
GROUP BY e.department_id, e.actor_id"""
FINISHED, REOPENED, MINUTES = "finished", "reopened", "minutes"
WORKED_ON, REVIEWED = "worked_on", "reviewed"


def _figures(parameters: Parameters) -> tuple[Column, ...]:
    own = (
        Column(FINISHED, _("Finished")),
        Column(REOPENED, _("Finished, then reopened")),
        Column(MINUTES, _("Standard hours finished"), Kind.MINUTES),
    )
    if parameters.get("by") == By.PROCEDURE:
        return own
    return (*own, Column(WORKED_ON, _("Worked on")), Column(REVIEWED, _("Reviewed")))


def _chart(parameters: Parameters) -> Chart:
    series = (Series(FINISHED, _("finished")), Series(REOPENED, _("finished, then reopened")))
    return Chart(_("Tasks finished"), series)


class Done(Gathering):
    """Counts by (department, group)."""

    def __init__(self, question: Any) -> None:
        super().__init__(question)
        self.rows: dict[tuple[int, Any], Row] = defaultdict(
            lambda: dict.fromkeys((FINISHED, REOPENED, MINUTES, WORKED_ON, REVIEWED), 0)
        )

    def look(self, places: list[Place]) -> None:
        person, by = self.question.scope.person_id, self.question.by
        for one in finished_work(places, person):
            group = {By.PERSON: one.person_id, By.PROCEDURE: one.procedure_id}.get(by)  # type: ignore[call-overload]
            row = self.rows[one.department_id, group]
            row[REOPENED if one.reopened else FINISHED] += 1
            row[MINUTES] += 0 if one.reopened else one.minutes
        if by == By.PROCEDURE:
            return
        values = values_of(places, worked=list(WORKED), person=person)
        for department, actor, worked, reviewed in rows_of(_HANDS, values):
            if worked or reviewed:
                row = self.rows[department, actor if by == By.PERSON else None]
                row[WORKED_ON] += worked
                row[REVIEWED] += reviewed

    def table(self) -> Table:
        by = self.question.by
        names = names_of(by, (group for _place, group in self.rows))
        keys = {key: names[key[1]] for key in self.rows}
        columns = REPORT.columns(self.question.parameters)
        rows = [
            {"department": self.departments[place].name, "group": keys[place, group], **self.rows[place, group]}
            for place, group in self.ordered(keys)
        ]
        return Table(rows, totalled(rows, columns))


REPORT = Report(
    name="done",
    title=_("Work done"),
    about=_("What was finished, by whom and where, in tasks and standard hours."),
    when=When.PERIOD,
    gathering=Done,
    figures=_figures,
    chart=_chart,
    bys=(By.PERSON, By.PROCEDURE, By.DEPARTMENT),
    notes=(
        _("Finished work counts for the person who had it in hand, in the department it was finished in."),
        _("What somebody undid at once is not counted; what was reopened later is counted apart."),
        _("Worked on counts each task once for everybody who began, continued or marked something in it."),
    ),
)
