"""States of a task, their groups, and the table of allowed moves (domain.md, "States and verbs of a task")."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    PLANNED = "planned", _("Planned")
    OPEN = "open", _("Open")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING = "waiting", _("Waiting")
    IN_REVIEW = "in_review", _("In review")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


class Priority(models.IntegerChoices):
    URGENT = 1, _("Urgent")
    HIGH = 2, _("High")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low")


class WaitReason(models.TextChoices):
    """Why a task waits. Outside reasons stop the clock of a target; inside ones do not."""

    REQUESTER = "requester", _("answer of the requester")
    OUTSIDE = "outside", _("somebody outside the office")
    DEPARTMENT = "department", _("another department")
    COLLEAGUE = "colleague", _("a colleague")
    LATER = "later", _("a later date")


OUTSIDE_REASONS = frozenset({WaitReason.OUTSIDE, WaitReason.REQUESTER})
UNFINISHED = (State.PLANNED, State.OPEN, State.IN_PROGRESS, State.WAITING, State.IN_REVIEW)
FINISHED = (State.DONE, State.CANCELLED)
HELD = (State.OPEN, State.IN_PROGRESS)  # what counts against a cap when somebody has it

# Verb -> states it may start from. Where it leads is the verb's own business.
MOVES: dict[str, frozenset[str]] = {
    "become_ready": frozenset({State.PLANNED}),
    "claim": frozenset({State.OPEN}),
    "start": frozenset({State.OPEN}),
    "next": frozenset({State.OPEN}),
    "release": frozenset({State.OPEN, State.IN_PROGRESS, State.WAITING}),
    "assign": frozenset({State.PLANNED, State.OPEN, State.IN_PROGRESS, State.WAITING}),
    "take_over": frozenset({State.OPEN, State.IN_PROGRESS, State.WAITING}),
    "wait": frozenset({State.OPEN, State.IN_PROGRESS}),
    "resume": frozenset({State.WAITING}),
    "mark_step": frozenset({State.IN_PROGRESS}),
    "submit": frozenset({State.IN_PROGRESS}),
    "approve": frozenset({State.IN_REVIEW}),
    "send_back": frozenset({State.IN_REVIEW}),
    "complete": frozenset({State.OPEN, State.IN_PROGRESS}),
    "cancel": frozenset(UNFINISHED),
    "reopen": frozenset(FINISHED),
    "hand_off": frozenset({State.OPEN, State.IN_PROGRESS, State.WAITING}),
    "edit": frozenset(UNFINISHED),
    "recompute": frozenset(UNFINISHED),
    "escalate": frozenset(UNFINISHED),
    "comment": frozenset(State),
    "attach": frozenset(State),
    "break_glass": frozenset(State),
}
REVERSIBLE = frozenset(
    {
        "claim",
        "start",
        "next",
        "release",
        "assign",
        "take_over",
        "wait",
        "resume",
        "submit",
        "complete",
        "cancel",
    }
    | {"hand_off", "reopen", "send_back", "approve"}
)
