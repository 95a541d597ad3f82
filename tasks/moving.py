"""What the bar below a department's board says: what is chosen, and what a move would do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.db.models import Sum

from organization.models import User
from tasks import times
from tasks.board import Board, Line
from tasks.foresight import Foresight, foresee_move
from tasks.models import Task
from tasks.remembered import told

SHOWN = 5  # reasons told before the change


@dataclass
class Choice:
    """The bar: chosen tasks, what is typed, what is wrong with it."""

    tasks: list[int] = field(default_factory=list)
    to: int | None = None
    override: str = ""
    reason: str = ""
    problems: list[str] = field(default_factory=list)
    at: str = ""  # the first field that is wrong


@dataclass
class Preview:
    """What would happen. `line` is the person with the load it would make; `ghost` whose line was drawn so before."""

    chosen: int
    minutes: int
    line: Line | None = None
    before: Line | None = None
    seen: Foresight = field(default_factory=Foresight)

    @property
    def standard(self) -> str:
        return times.span(self.minutes)

    @property
    def moves(self) -> int:
        return len(self.seen.outcome.done)

    @property
    def skipped(self) -> list[tuple[str, str]]:
        return told(self.seen.outcome.skipped[:SHOWN])

    @property
    def more(self) -> int:
        return max(0, len(self.seen.outcome.skipped) - SHOWN)

    @property
    def added(self) -> str:
        return times.span(self.seen.minutes)


def preview(board: Board, choice: Choice, ghost: int | None = None) -> Preview:
    """What moving the chosen tasks would do; without a person only what is chosen."""
    seen = Task.objects.visible_to(board.user).filter(pk__in=choice.tasks)
    minutes = seen.aggregate(sum=Sum("remaining_minutes"))["sum"] if choice.tasks else 0
    found = Preview(len(choice.tasks), minutes or 0)
    line = board.line_of(choice.to)
    if line and choice.tasks:
        person = User.objects.get(pk=line.person.pk)
        found.seen = foresee_move(choice.tasks, actor=board.user, to=person, override=choice.override)
        found.line = replace(line, added=found.seen.minutes, chosen=True)
    if ghost and (found.line is None or found.line.person.pk != ghost):
        found.before = board.line_of(ghost)
    return found
