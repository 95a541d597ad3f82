"""What moving work would do, before it is done: the questions of the verb in its order, nothing written.

What is foreseen is what `bulk.assign_all` does in the same moment (property test): reach, right, table of moves,
hands, gate with a cap that fills as the move goes on, override.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from core.refusals import Refused
from organization.models import User
from tasks.bulk import MOST, Outcome, each
from tasks.changes import guard
from tasks.eligibility import OVERRIDABLE, Facts, decide, facts_of, failures, need_of
from tasks.models import Requirement, Task
from tasks.states import HELD
from tasks.transitions import can_receive

Requirements = tuple[tuple[int, str, int], ...]


@dataclass
class Foresight:
    """`outcome` as the move would have it; `minutes` what it would add to the person's load (standard minutes).

    `overridden` are references that go only by the manager's reason, `overridable` skipped ones a reason would move.
    """

    outcome: Outcome = field(default_factory=Outcome)
    minutes: int = 0
    overridden: list[str] = field(default_factory=list)
    overridable: list[str] = field(default_factory=list)


def foresee_move(ids: Iterable[int], *, actor: User, to: User, override: str = "") -> Foresight:
    """What giving these tasks to `to` would do. At most eight statements whatever the number of tasks."""
    wanted = list(dict.fromkeys(ids))
    trial = _Trial(to, override, facts_of(to), _requirements(wanted[:MOST]))
    trial.seen.outcome = each(wanted, actor=actor, verb="assign", act=trial.assign)
    return trial.seen


class _Trial:
    """The person's facts as they would become while the move goes on."""

    def __init__(self, to: User, override: str, facts: Facts, requirements: dict[int, Requirements]) -> None:
        self.to, self.override, self.facts, self.requirements = to, override, facts, requirements
        self.seen = Foresight()

    def assign(self, task: Task) -> None:
        """`transitions.assign` without writing."""
        guard("assign", task)
        can_receive(self.to, task)
        found = list(failures(self.facts, need_of(task, self.requirements.get(task.procedure_id, ()))))
        try:
            override = decide(self.to, task, found, manager_override=self.override)
        except Refused:
            if OVERRIDABLE.issuperset(one.code for one in found):
                self.seen.overridable.append(task.reference)
            raise
        if override:
            self.seen.overridden.append(task.reference)
        if task.state in HELD:
            held = {task.department_id: self.facts.held.get(task.department_id, 0) + 1}
            self.facts = replace(self.facts, held={**self.facts.held, **held})
            self.seen.minutes += task.remaining_minutes


def _requirements(ids: list[int]) -> dict[int, Requirements]:
    """What the procedures of these tasks ask for, by procedure, as `eligibility.requirements_of` has it."""
    procedures = Task.objects.filter(pk__in=ids).values("procedure_id")
    rows = Requirement.objects.filter(procedure__in=procedures).order_by("qualification__name")
    found: dict[int, Requirements] = {}
    for row in rows.select_related("qualification"):
        requirement = (row.qualification_id, row.qualification.name, row.level)
        found[row.procedure_id] = (*found.get(row.procedure_id, ()), requirement)
    return found
