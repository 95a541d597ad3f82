"""What belongs to a task and stands on its page (labels, steps, files, what its procedure asks for), read in one
statement with the task itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, OuterRef
from django.db.models.functions import Cast, JSONObject

from organization.models import User
from records.models import Attachment
from tasks import rules
from tasks.models import Label, Requirement, Step, StepRun, Task
from tasks.querysets.tasks import TaskQuerySet

_STEP = ("id", "version_id", "position", "key", "instruction", "is_mandatory", "minutes", "value_kind", "choices")
_RUN = ("id", "task_id", "step_id", "marked_at", "marked_by_id", "text", "date", "flag")


def with_parts(tasks: TaskQuerySet) -> TaskQuerySet:
    """The tasks with their parts, for `steps_of`, `papers_of`, `needs_of` and `label_names`."""
    steps = Step.objects.filter(version=OuterRef("version")).order_by("position", "id")
    # A number travels as text: JSON would make a float of it.
    number, by = Cast("number", CharField()), "marked_by__name"
    runs = StepRun.objects.filter(task=OuterRef("pk")).order_by("id")
    files = Attachment.objects.filter(owner_kind="task", owner_id=OuterRef("pk")).order_by("id")
    paper = JSONObject(pk="id", name="name", size="blob__size", released="released_by_id")
    needs = Requirement.objects.filter(procedure=OuterRef("procedure")).order_by("qualification__name")
    need = JSONObject(id="qualification_id", name="qualification__name", level="level")
    found: TaskQuerySet = tasks.annotate(
        label_names=ArraySubquery(Label.objects.filter(tasks=OuterRef("pk")).order_by("folded_name").values("name")),
        step_parts=ArraySubquery(steps.values(part=JSONObject(**{name: name for name in _STEP}))),
        run_parts=ArraySubquery(
            runs.values(part=JSONObject(**{name: name for name in _RUN}, number=number, by=by)),
        ),
        file_parts=ArraySubquery(files.values(part=paper)),
        need_parts=ArraySubquery(needs.values(part=need)),
    )
    return found


def steps_of(task: Any) -> Iterator[tuple[Step, StepRun | None]]:
    """The steps of a task in their order, each with its mark and value; `marked_by` has a name and no more."""
    runs = {part["step_id"]: _run(part) for part in task.run_parts}
    for part in task.step_parts:
        yield Step(**part), runs.get(part["id"])


def _run(part: dict[str, Any]) -> StepRun:
    values = {name: part[name] for name in _RUN}
    values["marked_at"] = part["marked_at"] and dt.datetime.fromisoformat(part["marked_at"])
    values["date"] = part["date"] and dt.date.fromisoformat(part["date"])
    run = StepRun(**values, number=part["number"] and Decimal(part["number"]))
    if run.marked_by_id:
        run.marked_by = User(pk=run.marked_by_id, name=part["by"])
    return run


@dataclass(frozen=True)
class Paper:
    """A file as it is listed; `shared` where whoever asked for the task sees it too."""

    pk: int
    name: str
    size: int
    shared: bool


def papers_of(task: Any, user: User) -> list[Paper]:
    """The files of a task this person may open, as `sheet.visible_files` has them."""
    if not rules.sees_content(user, task):
        return []
    internal = rules.sees_internal(user, task)
    return [
        Paper(part["pk"], part["name"], part["size"], internal and bool(part["released"] and task.requester_id))
        for part in task.file_parts
        if internal or part["released"]
    ]


def needs_of(task: Task) -> tuple[tuple[int, str, int], ...] | None:
    """What its procedure asks for as `eligibility.requirements_of` has it; None where it was not read with the task."""
    parts = getattr(task, "need_parts", None)
    return None if parts is None else tuple((part["id"], part["name"], part["level"]) for part in parts)
