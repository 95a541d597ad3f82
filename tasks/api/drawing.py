"""Drawing tasks for one reader, as plain values. What is not theirs to read is null or left out here, nowhere else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from organization.models import User
from records.models import Attachment
from tasks import rules
from tasks.models import Comment, Rating, Step, StepRun, Task
from tasks.sheet import visible_files
from tasks.steps import value_of

SAME = (
    "state",
    "priority",
    "confidential",
    "subject_kind",
    "ready_at",
    "due_at",
    "due_is_date",
    "start_by",
    "urgent_at",
    "remaining_minutes",
    "waiting_since",
    "waiting_until",
    "submitted_at",
    "opened_at",
    "closed_at",
    "changed_at",
    "revision",
)


def named(row: Any) -> dict[str, Any] | None:
    """Number and name of a person, department or procedure."""
    return {"id": row.pk, "name": row.name} if row else None


def row_drawn(user: User, task: Task) -> dict[str, Any]:
    """A task in a list. Department, procedure and assignee are selected; no statement."""
    seen = rules.sees_content(user, task)
    drawn = {"reference": task.reference, "title": task.title if seen else None, "masked": not seen}
    return (
        drawn
        | {name: getattr(task, name) for name in SAME}
        | {
            "department": named(task.department),
            "procedure": named(task.procedure),
            "assignee": named(task.assignee),
            "subject_ref": task.subject_ref if seen else None,
            "waiting_kind": task.waiting_kind or None,
            "waiting_reason": (task.waiting_reason or None) if rules.sees_internal(user, task) else None,
        }
    )


def task_drawn(user: User, task: Task) -> dict[str, Any]:
    """A task as a verb leaves it. One statement at most, for people it did not come with."""
    seen, inside = rules.sees_content(user, task), rules.sees_internal(user, task)
    _fill_people(user, task)
    return row_drawn(user, task) | {
        "text": task.text if seen else None,
        "requester": named(task.requester) if seen else None,
        "due_from_target": task.due_from_target,
        "started_at": task.started_at,
        "external_source": task.external_source if inside else None,
        "external_reference": task.external_reference if inside else None,
    }


def _fill_people(user: User, task: Task) -> None:
    """Give a task fresh from its verb the people it names: the reader is at hand, others come in one statement."""
    cached = task._state.fields_cache
    missing = {
        name: getattr(task, f"{name}_id")
        for name in ("assignee", "requester")
        if getattr(task, f"{name}_id") and getattr(cached.get(name), "pk", None) != getattr(task, f"{name}_id")
    }
    people = {user.pk: user}
    unknown = set(missing.values()) - people.keys()
    if unknown:
        people |= User.objects.only("name").in_bulk(unknown)
    for name, pk in missing.items():
        setattr(task, name, people[pk])


def detail_drawn(user: User, task: Task) -> dict[str, Any]:
    """A task with its labels, steps, files and the verbs allowed now. Four statements more than the task's own."""
    seen, inside = rules.sees_content(user, task), rules.sees_internal(user, task)
    return task_drawn(user, task) | {
        "wants_review": task.version.wants_review,
        "labels": [label.name for label in task.labels.all()] if inside else [],
        "steps": steps_drawn(task) if inside else [],
        "files": [file_drawn(file) for file in (visible_files(task, user) if seen else ())],
        "verbs": [verb.replace("_", "-") for verb in rules.RULES if rules.may(user, verb, task)],
    }


def step_drawn(step: Step) -> dict[str, Any]:
    """A step of a version."""
    return {
        "key": step.key,
        "instruction": step.instruction,
        "is_mandatory": step.is_mandatory,
        "minutes": step.minutes,
        "value_kind": step.value_kind,
        "choices": step.choices,
    }


def steps_drawn(task: Task) -> list[dict[str, Any]]:
    """The steps of a task with their marks and values. Two statements."""
    runs = {run.step_id: run for run in task.step_runs.select_related("marked_by")}
    return [step_drawn(step) | _mark_drawn(step, runs.get(step.pk)) for step in task.version.steps.all()]


def _mark_drawn(step: Step, run: StepRun | None) -> dict[str, Any]:
    marked = run if run and run.marked_at else None
    return {
        "done": marked is not None,
        "value": _plain(value_of(run, step)),
        "marked_at": marked.marked_at if marked else None,
        "marked_by": named(marked.marked_by) if marked else None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if value is None or isinstance(value, bool) else str(value)


def file_drawn(file: Attachment) -> dict[str, Any]:
    """A file on a task; its bytes' facts are selected."""
    return {
        "id": file.pk,
        "name": file.name,
        "size": file.blob.size,
        "media_type": file.blob.media_type,
        "added_by": named(file.added_by),
        "added_at": file.added_at,
        "for_requester": file.released_by_id is not None,
    }


def rating_drawn(rating: Rating) -> dict[str, Any]:
    """What who asked for it thinks of a task."""
    return {"stars": rating.stars, "word": rating.word, "given_at": rating.given_at}


def comment_drawn(comment: Comment) -> dict[str, Any]:
    """A comment; its author is selected."""
    return {
        "id": comment.pk,
        "author": named(comment.author),
        "text": comment.text,
        "for_requester": comment.for_requester,
        "written_at": comment.written_at,
    }
