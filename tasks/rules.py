"""Who may do what with a task. Pure: no statement but the person's standing, read once per request.

A rule says whether somebody may in principle; whether the state allows it is the table of moves' business, and
`may` asks both for a button.
"""

from __future__ import annotations

from typing import Any

from organization.standing import manages, works_in
from tasks.models import Procedure, Task
from tasks.states import MOVES, State

ASKED = frozenset({"procedure", "department", "title", "text", "due_on"})


def works_anywhere(user: Any) -> bool:
    """Members, managers and admins: who is offered changes of lists of tasks; each task asks its own rule."""
    return bool(user.is_admin or user.standing.departments)


def leads_anywhere(user: Any) -> bool:
    """Managers of some department, and admins."""
    return bool(user.is_admin or user.standing.managed)


def has_post(user: Any) -> bool:
    """Members of some department: they can be given work there."""
    return bool(user.standing.posts)


def is_assignee(user: Any, task: Task) -> bool:
    return task.assignee_id is not None and task.assignee_id == user.pk


def is_requester(user: Any, task: Task) -> bool:
    return task.requester_id is not None and task.requester_id == user.pk


def is_manager(user: Any, task: Task) -> bool:
    """Manager of the task's department; an admin is one everywhere but for confidential tasks."""
    if task.confidential and task.department_id not in user.standing.managed:
        return False
    return manages(user, task.department_id)


def is_member(user: Any, task: Task) -> bool:
    return works_in(user, task.department_id)


def sees_content(user: Any, task: Task) -> bool:
    """Of a confidential task an admin knows that it exists, not what it says, unless they broke the glass: what was
    read with that (`TaskQuerySet.opened_to`) is theirs to read and no more."""
    return works_with(user, task) or getattr(task, "open_to", None) == user.pk


def works_with(user: Any, task: Task) -> bool:
    """Who sees what a task says by what they are to it."""
    return (
        not task.confidential
        or is_assignee(user, task)
        or is_requester(user, task)
        or task.department_id in user.standing.managed
    )


def sees_internal(user: Any, task: Task) -> bool:
    """Internal comments, files and history: everybody in reach but those who only asked for it."""
    if not sees_content(user, task):
        return False
    inside = is_assignee(user, task) or is_member(user, task) or manages(user, task.department_id)
    return inside or not is_requester(user, task)


def can_open_in(user: Any, department_id: int, procedure: Procedure) -> bool:
    """Open a task there: a member, its manager, or anybody for a procedure open to requests."""
    return works_in(user, department_id) or manages(user, department_id) or procedure.open_to_requests


def is_inside(user: Any, department_id: int | None) -> bool:
    """Does one work in or manage the department (any, when none is chosen yet)?"""
    if user.is_admin:
        return True
    mine = user.standing.departments
    return bool(mine) if department_id is None else department_id in mine


def can_say_of_new(user: Any, department_id: int, fields: set[str]) -> bool:
    """Who only asks says what for and by which day; the rest of a new task is for members and managers there."""
    return is_inside(user, department_id) or fields <= ASKED


def can_claim(user: Any, task: Task) -> bool:
    return is_member(user, task) and not task.confidential


def can_start(user: Any, task: Task) -> bool:
    return is_assignee(user, task)


def can_release(user: Any, task: Task) -> bool:
    return is_assignee(user, task) or is_manager(user, task)


def can_assign(user: Any, task: Task) -> bool:
    return is_manager(user, task)


def can_take_over(user: Any, task: Task) -> bool:
    """A manager who works there, or a member where the department allows it; never one's own or nobody's."""
    if task.assignee_id is None or is_assignee(user, task) or not is_member(user, task):
        return False
    return is_manager(user, task) or (task.department.members_may_take_over and not task.confidential)


def can_wait(user: Any, task: Task) -> bool:
    return is_assignee(user, task) or is_manager(user, task)


can_resume = can_wait


def can_mark_step(user: Any, task: Task) -> bool:
    return is_assignee(user, task)


def can_submit(user: Any, task: Task) -> bool:
    return is_assignee(user, task) and task.version.wants_review


def can_review(user: Any, task: Task) -> bool:
    """In principle a member or manager who did not ask for it and does not hold it; `transitions` asks involvement."""
    inside = is_member(user, task) or is_manager(user, task)
    return inside and not is_assignee(user, task) and not is_requester(user, task) and works_with(user, task)


can_send_back = can_review


def can_approve(user: Any, task: Task) -> bool:
    """A reviewer; nobody where the subject finishes it."""
    return can_review(user, task) and not task.procedure.closed_by_subject


def can_complete(user: Any, task: Task) -> bool:
    if task.version.wants_review or task.procedure.closed_by_subject:
        return False
    return is_assignee(user, task) or is_manager(user, task)


def can_cancel(user: Any, task: Task) -> bool:
    """A manager; the requester while nobody has it; nobody where the subject closes it."""
    if task.procedure.closed_by_subject:
        return False
    return is_manager(user, task) or (is_requester(user, task) and task.assignee_id is None)


def can_reopen(user: Any, task: Task) -> bool:
    """A manager; the requester (within the department's limit, which the verb checks)."""
    if task.procedure.closed_by_subject:
        return False
    return is_manager(user, task) or is_requester(user, task)


def can_hand_off(user: Any, task: Task) -> bool:
    return is_assignee(user, task) or is_manager(user, task)


def can_edit_text(user: Any, task: Task) -> bool:
    """Title and text: assignee and manager."""
    return is_assignee(user, task) or is_manager(user, task)


can_edit = can_edit_text


def can_edit_all(user: Any, task: Task) -> bool:
    """Priority, due, ready, labels, confidential: manager."""
    return is_manager(user, task)


def can_comment(user: Any, task: Task) -> bool:
    """Whoever sees what it says and is not just an onlooker: what somebody did elsewhere earlier is theirs to read."""
    near = is_assignee(user, task) or is_requester(user, task) or is_member(user, task)
    return works_with(user, task) and (near or manages(user, task.department_id))


can_attach = can_comment


def can_watch(user: Any, task: Task) -> bool:
    """Whoever reads what it says."""
    return works_with(user, task)


def can_break_glass(user: Any, task: Task) -> bool:
    """An admin who knows of a confidential task and does not see what it says."""
    return bool(user.is_admin) and task.confidential and not sees_content(user, task)


RULES = {
    "claim": can_claim,
    "start": can_start,
    "release": can_release,
    "assign": can_assign,
    "take_over": can_take_over,
    "wait": can_wait,
    "resume": can_resume,
    "mark_step": can_mark_step,
    "submit": can_submit,
    "approve": can_approve,
    "send_back": can_send_back,
    "complete": can_complete,
    "cancel": can_cancel,
    "reopen": can_reopen,
    "hand_off": can_hand_off,
    "edit": can_edit,
    "comment": can_comment,
    "attach": can_attach,
    "break_glass": can_break_glass,
}


def allowed_now(verb: str, task: Task) -> bool:
    """Does the table of moves let the verb start from the task's state and hands?"""
    if task.state not in MOVES[verb]:
        return False
    if verb == "claim":
        return task.assignee_id is None
    if verb == "release":
        return task.assignee_id is not None
    if verb in {"start", "take_over"} or (verb == "complete" and task.state == State.OPEN):
        return task.assignee_id is not None
    return True


def may(user: Any, verb: str, task: Task) -> bool:
    """Right and state together: what a button asks. Open work is completed by its owner alone."""
    if verb == "complete" and task.state == State.OPEN and not is_assignee(user, task):
        return False
    return RULES[verb](user, task) and allowed_now(verb, task)
