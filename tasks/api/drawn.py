"""What the API says about tasks: the documented shapes."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, Field

from organization.api_shapes import Named, Neighbours

States = Literal["planned", "open", "in_progress", "waiting", "in_review", "done", "cancelled"]
WaitKind = Literal["requester", "outside", "department", "colleague", "later"]


class Row(BaseModel):
    """A task in a list."""

    reference: str
    title: str | None = Field(description="null where the task is confidential and not yours to read.")
    state: States
    priority: Literal[1, 2, 3, 4] = Field(description="1 urgent, 2 high, 3 normal, 4 low")
    confidential: bool
    masked: bool = Field(description="Its content is not yours to read.")
    department: Named
    procedure: Named
    assignee: Named | None
    subject_kind: str
    subject_ref: str | None
    ready_at: dt.datetime | None
    due_at: dt.datetime
    due_is_date: bool = Field(description="due_at is the end of a working day, as a day was asked for.")
    start_by: dt.datetime
    urgent_at: dt.datetime = Field(description="The order of the queue.")
    remaining_minutes: int
    waiting_since: dt.datetime | None
    waiting_until: dt.datetime | None
    waiting_kind: WaitKind | None
    waiting_reason: str | None
    submitted_at: dt.datetime | None
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    changed_at: dt.datetime
    revision: int


class Rows(Neighbours):
    items: list[Row]


class Task(Row):
    """A task, as a verb leaves it."""

    text: str | None
    requester: Named | None
    due_from_target: bool
    started_at: dt.datetime | None
    external_source: str | None
    external_reference: str | None


class Step(BaseModel):
    key: str
    instruction: str
    is_mandatory: bool
    minutes: int | None
    value_kind: Literal["", "text", "number", "date", "yes_no", "choice"]
    choices: list[str]


class TaskStep(Step):
    done: bool
    value: str | bool | None = Field(description="Numbers and dates as text.")
    marked_at: dt.datetime | None
    marked_by: Named | None


class File(BaseModel):
    id: int
    name: str
    size: int = Field(description="Bytes.")
    media_type: str
    added_by: Named | None
    added_at: dt.datetime
    for_requester: bool


class Detail(Task):
    """A task with everything on it that you may see. `verbs` is what you may do with it now."""

    wants_review: bool
    labels: list[str]
    steps: list[TaskStep]
    files: list[File]
    verbs: list[str]


class Comment(BaseModel):
    id: int
    author: Named
    text: str
    for_requester: bool
    written_at: dt.datetime


class Rating(BaseModel):
    """What who asked for a task thinks of it."""

    stars: int
    word: str
    given_at: dt.datetime = Field(description="When it was said first.")


class Comments(Neighbours):
    items: list[Comment]


class WhyNot(BaseModel):
    """What stands between you and claiming a task: the first thing only, as the gate says it."""

    eligible: bool
    code: str | None = Field(description="null when nothing does, or when it is yours already")
    why: str | None


class Qualification(Named):
    level: int


class Version(BaseModel):
    number: int
    stage: Literal["draft", "published", "retired"]
    wants_review: bool
    published_at: dt.datetime | None
    steps: list[Step]


class ProcedureRow(Named):
    description: str
    standard_minutes: int
    target_minutes: int
    default_priority: Literal[1, 2, 3, 4]
    open_to_requests: bool
    closed_by_subject: bool
    is_active: bool


class Procedures(Neighbours):
    items: list[ProcedureRow]


class Procedure(ProcedureRow):
    departments: list[Named] = Field(description="Who may use it; none named means all.")
    qualifications: list[Qualification]
    versions: list[Version] = Field(description="Newest first.")
