"""The work of a board: the backlog nobody has, or what one person holds, most urgent first, by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core import pages
from organization.models import User
from tasks import times
from tasks.board import Board
from tasks.lists import PAGE, SORTS
from tasks.models import Requirement, Task
from tasks.presenting import Presenter
from tasks.querysets.tasks import TaskQuerySet, seen_in_departments
from tasks.rules import can_assign
from tasks.states import Priority

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
    """One page of a list at an encoded place. Four statements, one when it is empty."""
    keys = pages.page(tasks_of(board, person).only("id", "urgent_at"), BY_URGENCY, place, PAGE)
    ids = [task.pk for task in keys.rows]
    known = {task.pk: task for task in Task.objects.for_list().filter(pk__in=ids)} if ids else {}
    tasks = [known[pk] for pk in ids if pk in known]
    presenter = Presenter(board.user, tasks, departments={board.department.pk: board.department})
    needs = needs_of({task.procedure_id for task in tasks})
    rows = [
        presenter.row(task, href=task.get_absolute_url())
        | {
            "reference": task.reference,
            "low": presenter.words["Priority", task.priority] if task.priority == Priority.LOW else "",
            "needs": needs.get(task.procedure_id, ""),
            "standard": times.span(task.remaining_minutes),
            "selectable": board.manages and can_assign(board.user, task),
            "selected": task.pk in selected,
        }
        for task in tasks
    ]
    return Work(rows, keys.next, keys.previous)


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
