"""The first steps of an office, from nothing to its first task; what is done is known from the data alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from organization.models import Department, Membership, OfficeCalendar, Site
from tasks.models import Procedure, ProcedureVersion, Task


@dataclass(frozen=True)
class Step:
    """One step: `done`, or `now` when it is the first that is not."""

    title: str
    words: str
    href: str
    done: bool
    now: bool = False


def first_steps() -> list[Step]:
    """The steps in order, empty once all are done. At most seven statements, each stopping at its first row."""
    drafted = Procedure.objects.order_by("-pk").values_list("pk", flat=True).first()
    published = ProcedureVersion.objects.filter(stage=ProcedureVersion.Stage.PUBLISHED).exists()
    begun = reverse("set_up:procedure", args=[drafted]) if drafted else reverse("set_up:procedure_new")
    facts: list[tuple[Any, Any, str, bool]] = [
        (_("A site"), _("Where people work: its time zone and public holidays."), "site_new", Site.objects.exists()),
        (
            _("Working hours"),
            _("A calendar with the hours of a week. Clocks run only then."),
            "calendar_new",
            OfficeCalendar.objects.exists(),
        ),
        (_("A department"), _("Who does the work, at a site, in a calendar."), "department_new", _any(Department)),
        (_("Somebody who works there"), _("Add people, or yourself, to the department."), "people", _any(Membership)),
        (_("A procedure"), _("How work is done: write its steps down and publish them."), begun, published),
        (_("The first task"), _("Open one, take it, finish it."), reverse("tasks:new"), _any(Task)),
    ]
    steps: list[Step] = []
    for title, words, where, done in facts:
        now = not done and all(step.done for step in steps)
        href = where if where.startswith("/") else reverse(f"set_up:{where}")
        steps.append(Step(str(title), str(words), href, done, now))
    return [] if all(step.done for step in steps) else steps


def _any(model: Any) -> bool:
    return bool(model.objects.exists())
