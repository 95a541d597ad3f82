"""The work of a board: the backlog nobody has, or what one person holds, most urgent first, by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from core import pages
from organization.models import User
from tasks import times
from tasks.board import Board
from tasks.lists import PAGE, SORTS
from tasks.models import Procedure, Requirement, Task
from tasks.names import Names
from tasks.presenting import MARKS, Presenter
from tasks.querysets.tasks import LIST_FIELDS, TaskQuerySet, seen_in_departments
from tasks.rules import can_assign, sees_content
from tasks.states import HELD, Priority, State

BY_URGENCY = SORTS["urgent"]


@dataclass(frozen=True)
class Work:
    """One page of tasks as plain words, and the places of the pages beside it."""

    rows: list[dict[str, Any]]
    next: str | None
    previous: str | None

    @property
    def selectable(self) -> bool:
        return any(row["selectable"] for row in self.rows)


def tasks_of(board: Board, person: User | None) -> TaskQuerySet:
    """The tasks behind a list: free ones through `task_free`, somebody's through `task_mine`."""
    tasks = Task.objects.filter(department=board.department)
    tasks = tasks.unfinished().filter(assignee=person) if person else tasks.free()
    return tasks if board.user.is_admin else tasks.filter(seen_in_departments(board.user))


def work_of(board: Board, person: User | None, place: str, selected: set[int]) -> Work:
    """One page of a list at an encoded place. Three statements, one when it is empty."""
    shown = pages.page(tasks_of(board, person).only(*LIST_FIELDS), BY_URGENCY, place, PAGE)
    tasks = completed(board, person, shown.rows)
    names = Names()
    names.keep(board.department)
    presenter: Any = Presenter(board.user, names)
    needs = needs_of({task.procedure_id for task in tasks})
    rows = [
        drawn(board, presenter, task) | {"needs": needs.get(task.procedure_id, ""), "selected": task.pk in selected}
        for task in tasks
    ]
    return Work(rows, shown.next, shown.previous)


def drawn(board: Board, presenter: Any, task: Task) -> dict[str, Any]:
    """What the template of a row needs, as plain words."""
    clock = presenter.clock(task)
    mark, mark_css = MARKS[State(task.state)]
    word = presenter.words["State", task.state]
    if task.state in HELD and task.due_at < board.now:
        mark, mark_css, word = "s-over", "over", _("Overdue")
    priority = presenter.words["Priority", task.priority]
    return {
        "id": task.pk,
        "reference": task.reference,
        "select": _("Select %(task)s") % {"task": task.reference},
        "title": task.title if sees_content(board.user, task) else _("Confidential task"),
        "href": task.get_absolute_url(),
        "mark": mark,
        "mark_css": mark_css,
        "word": word,
        "kind": task.procedure.name,
        "high": priority if task.priority < Priority.NORMAL else "",
        "low": priority if task.priority > Priority.NORMAL else "",
        "standard": times.span(task.remaining_minutes),
        "clock": mark_safe(clock.words),  # noqa: S308  (made of escaped parts by the presenter)
        "clock_css": clock.css,
        "at": clock.at,
        "when": clock.title,
        "selectable": board.manages and can_assign(board.user, task),
    }


def completed(board: Board, person: User | None, tasks: Sequence[Task]) -> Sequence[Task]:
    """The tasks with what a row shows of their procedure, department and owner. One statement.

    Joined to the rows, the planner would read all departments and people to draw fifty rows of one department.
    """
    wanted = {task.procedure_id for task in tasks}
    procedures = Procedure.objects.only("name").in_bulk(wanted) if wanted else {}
    for task in tasks:
        task.procedure = procedures[task.procedure_id]
        task.department = board.department
        if person and task.assignee_id == person.pk:
            task.assignee = person
    return tasks


def needs_of(procedure_ids: set[int]) -> dict[int, str]:
    """What procedures ask for in words: Fire safety level 2."""
    if not procedure_ids:
        return {}
    found: dict[int, list[str]] = {}
    rows = Requirement.objects.filter(procedure__in=procedure_ids).order_by("qualification__name")
    for row in rows.select_related("qualification"):
        words = _("%(name)s level %(level)s") % {"name": row.qualification.name, "level": row.level}
        found.setdefault(row.procedure_id, []).append(words)
    return {pk: ", ".join(words) for pk, words in found.items()}
