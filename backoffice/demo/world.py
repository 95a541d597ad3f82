"""The demo office as its made history knows it: rows by their names, who is where, who may."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from random import Random

from backoffice.demo.agenda import Agenda
from backoffice.demo.people import PEOPLE, PersonPlan
from backoffice.demo.procedures import PROCEDURES, ProcedurePlan
from core import clock
from core.access import require
from organization.calendars import calendar_of
from organization.models import Absence, Department, User
from organization.standing import forget
from organization.working_time import WorkingCalendar
from tasks import rules
from tasks.models import Procedure, ProcedureVersion, Task


class World:
    """Read once from the database; `rng` decides everything that is left to chance."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.rng = Random(seed)  # noqa: S311 - a story, not a secret
        self.agenda = Agenda()
        self.departments = {
            row.code: row for row in Department.objects.select_related("site", "calendar").order_by("pk")
        }
        self.codes = {row.pk: code for code, row in self.departments.items()}
        self.people = {row.email: row for row in User.objects.order_by("pk")}
        self.by_pk = {row.pk: row for row in self.people.values()}
        self.plans: dict[str, PersonPlan] = {plan.email: plan for plan in PEOPLE}
        self.procedures: dict[str, Procedure] = {row.name: row for row in Procedure.objects.order_by("pk")}
        self.procedure_plans: dict[str, ProcedurePlan] = {plan.name: plan for plan in PROCEDURES}
        self.busy: set[int] = set()  # tasks in the middle of a story
        self.kept: set[int] = set()  # tasks that a scene leaves as they are
        self.resting: set[int] = set()  # people whose day is told by a scene
        self.read_versions()
        self.read_absences()

    def read_versions(self) -> None:
        """Note the published version of each procedure."""
        rows = ProcedureVersion.objects.filter(stage=ProcedureVersion.Stage.PUBLISHED)
        self.versions = {row.procedure_id: row for row in rows}

    def read_absences(self) -> None:
        """Note who is away when."""
        self._away: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
        for person_id, start, end in Absence.objects.values_list("person_id", "starts_at", "ends_at"):
            self._away[person_id].append((start, end))

    def new_day(self, day: dt.date) -> None:
        """Standings are those of a day."""
        for person in self.people.values():
            forget(person)

    def named(self, name: str) -> User:
        """A person by the name in the plan."""
        return next(self.people[plan.email] for plan in PEOPLE if plan.name == name)

    def team(self, code: str, role: str = "assistant") -> list[User]:
        """People with a post of this role in a department, by the plan; who has left is not among them."""
        return [
            self.people[plan.email]
            for plan in PEOPLE
            for post in plan.posts
            if post.department == code and post.role == role and self.people[plan.email].is_active
        ]

    def manager(self, code: str) -> User | None:
        """A manager of the department who is there now, else one from above."""
        for person in self.team(code, "manager"):
            if not self.away(person):
                return person
        parent = self.departments[code].parent_id
        return self.manager(self.codes[parent]) if parent else None

    def away(self, person: User, instant: dt.datetime | None = None) -> bool:
        """Is the person absent (now, or at an instant)?"""
        at = instant or clock.now()
        return any(start <= at < end for start, end in self._away.get(person.pk, ()))

    def calendar(self, code: str) -> WorkingCalendar:
        return calendar_of(self.departments[code])

    def later(self, code: str, minutes: float) -> dt.datetime:
        """The instant so many working minutes of a department from now; at least one."""
        return self.calendar(code).add_minutes(clock.now(), max(1, round(minutes)))

    def code_of(self, task: Task) -> str:
        return self.codes[task.department_id]

    def fresh(self, pk: int) -> Task:
        """A task as it is now, with what rules and verbs ask of it."""
        return Task.objects.for_detail().get(pk=pk)

    def may(self, verb: str, actor: User, task: Task) -> bool:
        """The right and the state, as a button asks."""
        return rules.may(actor, verb, task)

    def ask_right(self, verb: str, actor: User, task: Task) -> None:
        """Raise PermissionDenied unless the actor may: nothing in the made history is done without the right."""
        require(rules.RULES[verb], actor, task)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def colleague(self, code: str, person: User) -> str:
        """First name of somebody else in the department."""
        others = [row for row in self.team(code) + self.team(code, "manager") if row.pk != person.pk]
        name = self.rng.choice(others).name if others else "Aileen Farrow"
        return name.removeprefix("Dr ").split()[0]

    def plan_of(self, task: Task) -> ProcedurePlan:
        return self.procedure_plans[task.procedure.name]
