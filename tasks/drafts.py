"""What publishing a draft would change: its steps beside those of the version in force. Pure but for two statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tasks.models import Procedure, ProcedureVersion, Step

COMPARED = ("instruction", "is_mandatory", "minutes", "value_kind", "choices")


@dataclass
class Difference:
    """Steps by what happens to them; `review` is (before, after); `moved` where only the order differs."""

    added: list[Step] = field(default_factory=list)
    removed: list[Step] = field(default_factory=list)
    changed: list[tuple[Step, Step]] = field(default_factory=list)
    moved: bool = False
    review: tuple[bool, bool] | None = None

    @property
    def is_nothing(self) -> bool:
        return not (self.added or self.removed or self.changed or self.moved or self.review)


def difference(procedure: Procedure, draft: ProcedureVersion) -> Difference:
    """From the published version (none: an empty one) to the draft. A step is the same one while its key is."""
    before = procedure.versions.filter(stage=ProcedureVersion.Stage.PUBLISHED).first()
    old = {step.key: step for step in before.steps.order_by("position")} if before else {}
    new = {step.key: step for step in draft.steps.order_by("position")}
    found = Difference(
        added=[step for key, step in new.items() if key not in old],
        removed=[step for key, step in old.items() if key not in new],
        changed=[(old[key], step) for key, step in new.items() if key in old and _values(old[key]) != _values(step)],
    )
    kept = [key for key in old if key in new]
    found.moved = kept != [key for key in new if key in old]
    if before and before.wants_review != draft.wants_review:
        found.review = (before.wants_review, draft.wants_review)
    return found


def _values(step: Step) -> list[Any]:
    return [getattr(step, name) for name in COMPARED]
