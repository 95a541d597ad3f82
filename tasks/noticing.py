"""Whom a verb on a task concerns besides who did it, and telling them in its transaction.

Nobody is told what they did themselves, nor what they may not see. Where nobody is to be told there is no statement:
all it takes is on the locked row. History that is written down later (imports) is no news.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from core import clock
from organization.heads import heads_of
from organization.models import User
from organization.notices import News, notify, withdraw
from records import events
from tasks import batches
from tasks.mentions import mentioned_in
from tasks.rules import sees_content, sees_internal
from tasks.states import REVERSIBLE, Priority, WaitReason

if TYPE_CHECKING:
    from tasks.changes import Change
    from tasks.models import Comment, Task

# Verbs by others that the owner of a task wants to know of; the clock's own among them.
_OWNERS = frozenset({"complete", "approve", "cancel", "reopen", "wait", "resume", "edit", "become_ready"})
_REQUESTERS = frozenset({"complete", "approve", "cancel", "wait"})
_QUIET = frozenset({"recompute", "escalate", "mark_step"})


def tell(work: Change) -> None:
    """Tell whom a change of a task concerns: one statement where there is somebody, more where it is watched."""
    task, verb = work.task, work.verb
    if verb in _QUIET or work.occurred_at is not None or batches.holds(task.pk):
        return
    if events.current_origin() == "import":
        return
    if verb == "undo":
        _take_back(work)
        return
    told = _concerned(work)
    if task.watched and _moved(work):
        readers = _readers(task, _watchers(task, {_actor_of(work), *told}))
        told |= {person.pk: ("watched", verb) for person in readers}
    notify(_news(work, person, kind, detail) for person, (kind, detail) in told.items())


def _actor_of(work: Change) -> int:
    return work.actor.pk if work.actor else 0


def _concerned(work: Change) -> dict[int, tuple[str, str]]:
    """Kind and detail by person, the owner's before the requester's."""
    task, verb, actor = work.task, work.verb, _actor_of(work)
    before: int | None = work.before["assignee_id"]
    told: dict[int, tuple[str, str]] = {}
    if task.requester_id and _answers(work):
        told[task.requester_id] = ("answered", verb)
    if before is not None and before != task.assignee_id:
        told[before] = ("changed", "taken")
    if task.assignee_id is not None and task.assignee_id != before:
        told[task.assignee_id] = ("assigned", "")
    elif task.assignee_id is not None and verb == "send_back":
        told[task.assignee_id] = ("sent_back", "")
    elif task.assignee_id is not None and verb in _OWNERS:
        told[task.assignee_id] = ("changed", verb)
    told.pop(actor, None)
    return told


def _answers(work: Change) -> bool:
    asks = work.verb != "wait" or work.task.waiting_kind == WaitReason.REQUESTER
    return work.verb in _REQUESTERS and asks


def _moved(work: Change) -> bool:
    """Did state or hands change? What is only edited or begun is not worth a watcher's morning."""
    before, task = work.before, work.task
    return (before["state"], before["assignee_id"]) != (task.state, task.assignee_id)


def _news(work: Change, person: int, kind: str, detail: str) -> News:
    return News(
        person_id=person,
        kind=kind,
        key=f"event:{work.event_id}",
        detail=detail,
        by_id=_actor_of(work) or None,
        hold=work.verb in REVERSIBLE,
        **_about(work.task),
    )


def _about(task: Task) -> dict[str, Any]:
    return {
        "subject_kind": "task",
        "subject_id": task.pk,
        "reference": task.reference,
        "urgent": task.priority == Priority.URGENT,
    }


def _take_back(work: Change) -> None:
    """Nobody is told of what was taken back at once: neither of the verb, where they have not read it, nor of this."""
    task = work.task
    people = {work.before["assignee_id"], task.assignee_id, task.requester_id} - {None, _actor_of(work)}
    if task.watched:
        people |= {person.pk for person in _watchers(task, set())}
    if people:
        withdraw(people, f"event:{work.reverses_id}")


def _watchers(task: Task, without: set[int]) -> list[User]:
    watchers = User.objects.active().filter(watches__task=task.pk)
    return list(watchers.exclude(pk__in=without).order_by("pk"))


def _readers(task: Task, people: Iterable[User], *, internal: bool = False) -> list[User]:
    """Those who see what a task says, and with `internal` also what is not for its requester."""
    may = sees_internal if internal else sees_content
    visible = type(task).objects.filter(pk=task.pk)
    return [person for person in people if may(person, task) and visible.visible_to(person).exists()]


def tell_comment(task: Task, comment: Comment, *, actor: User) -> None:
    """Tell of a comment whom it names, whose the task is, who asked for it where it is for them, and who watches."""
    told: dict[int, tuple[str, str]] = {}
    internal = not comment.for_requester
    named = [person for person in mentioned_in(comment.text) if person.pk != actor.pk]
    if task.watched:
        watchers = _readers(task, _watchers(task, {actor.pk}), internal=internal)
        told |= {person.pk: ("watched", "comment") for person in watchers}
    if task.requester_id and comment.for_requester:
        told[task.requester_id] = ("answered", "")
    if task.assignee_id:
        told[task.assignee_id] = ("commented", "")
    told |= {person.pk: ("mentioned", "") for person in _readers(task, named, internal=internal)}
    told.pop(actor.pk, None)
    notify(
        News(
            person_id=person,
            kind=kind,
            key=f"comment:{comment.pk}",
            detail=detail,
            by_id=actor.pk,
            **_about(task),
        )
        for person, (kind, detail) in told.items()
    )


def tell_broken_glass(task: Task, *, actor: User, event: int) -> None:
    """Tell whose confidential task it is and who manages its department that an admin opened it to read it."""
    heads = heads_of([task.department_id], clock.now())[task.department_id]
    told = {*heads, *([task.assignee_id] if task.assignee_id else [])} - {actor.pk}
    about = _about(task)
    notify(News(person_id=pk, kind="glass", key=f"event:{event}", by_id=actor.pk, **about) for pk in sorted(told))
