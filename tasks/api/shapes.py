"""Shapes of what is sent about tasks. Drawn answers are in `drawn`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from organization.api_shapes import Page
from organization.shapes import BIGGEST, Day, Digits, Id, Instant, SentFlag, SentId, Shape, Text, Whole

Priority = Annotated[int, Field(ge=1, le=4, description="1 urgent, 2 high, 3 normal, 4 low"), Whole]
Revision = Annotated[int, Field(ge=1, le=2**31 - 1), Whole]
Labels = Annotated[list[Annotated[str, Text(60, 1)]], Field(max_length=20)]
Ids = Annotated[list[SentId], Field(max_length=100)]
State = Literal["planned", "open", "in_progress", "waiting", "in_review", "done", "cancelled", "unfinished", "finished"]
Reason = Annotated[str, Text(2000, 1)]
Title = Annotated[str, Text(200, 1)]
Long = Annotated[str, Text(50_000)]
Note = Annotated[str, Text(2000)]
Override = Annotated[
    Note, Field(description="A manager's reason to pass the gate in spite of cap, absence or qualification.")
]


class TaskFilter(Page):
    """Which tasks. Finished work has one order, last finished first; `sort` is for the rest."""

    scope: Literal["mine", "departments", "asked"] = "mine"
    sort: Literal["urgent", "due", "newest", "oldest", "changed"] = "urgent"
    # Left out, not null: an address knows no null.
    state: Annotated[State, Field(description="unfinished where it is not given; any in the scope asked")] = None  # type: ignore[assignment]
    department: Ids = []
    priority: Annotated[list[Annotated[int, Field(ge=1, le=4), Digits]], Field(max_length=4)] = []
    procedure: Ids = []
    assignee: Annotated[int, Field(ge=0, le=BIGGEST), Digits] = Field(  # type: ignore[assignment]
        None, description="0: nobody's"
    )
    label: Annotated[str, Text(60)] = Field("", description="Name of a label.")
    title: Annotated[str, Text(200)] = Field("", description="Part of the title.")
    overdue: SentFlag = False


class Plain(Shape):
    """What every verb may carry: the revision of the task that was read; another one is refused (409, stale)."""

    revision: Revision | None = None


class WithReason(Plain):
    reason: Reason


class MaybeReason(Plain):
    reason: Note = ""


class Assign(Plain):
    to: Id
    override: Override = ""


class TakeOver(WithReason):
    override: Override = ""


class Wait(WithReason):
    kind: Literal["requester", "outside", "department", "colleague", "later"]
    until: Instant | None = None


class MarkStep(Plain):
    step: Annotated[str, Text(40, 1)]
    done: bool = True
    value: Annotated[str, Text(4000)] | int | float | bool | None = Field(None, description="null leaves it as it is")


class Reopen(WithReason):
    to: Id | None = Field(None, description="Whom a manager gives it to.")
    override: Override = ""


class HandOff(WithReason):
    department: Id


class Remark(Plain):
    text: Annotated[str, Text(20_000, 1)]
    for_requester: bool = False


class Rate(Plain):
    stars: Annotated[int, Field(ge=1, le=5, description="1 poor, 2 weak, 3 fair, 4 good, 5 very good"), Whole]
    word: Annotated[str, Text(500)] = Field("", description="A word on it; left out, an earlier one is taken away.")


class Planned(Shape):
    """Times of a task. `due_on` is a day that stays a day; without either the procedure's target holds."""

    due_at: Instant | None = None
    due_on: Day | None = None
    ready_at: Instant | None = None


class NewTask(Planned):
    procedure: Id
    department: Id
    title: Title
    text: Long = ""
    priority: Priority | None = Field(None, description="The procedure's where it is not given.")
    confidential: bool = False
    labels: Labels = []
    requester: Id | None = Field(None, description="For whom; who only asks is the requester.")
    external_source: Annotated[str, Text(60)] = ""
    external_reference: Annotated[str, Text(120)] = ""


class Edit(Planned):
    """Only the fields that are sent are changed."""

    revision: Annotated[Revision, Field(description="That of the task you read.")]
    # Factories, because what is left out has no value at all; they are never used.
    title: Title = Field(default_factory=str)
    text: Long = Field(default_factory=str)
    priority: Priority = Field(default_factory=lambda: 3)
    labels: Labels = Field(default_factory=list)
    confidential: bool = Field(default_factory=bool)


class Nothing(Shape):
    """A body without fields; it may be left out."""
