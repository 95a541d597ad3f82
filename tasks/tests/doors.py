"""How tests knock: the way of a request (reach, right, verb), and trials that leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from core.access import reach, require
from organization.models import Department, User
from organization.standing import forget
from records.models import Event
from tasks import editing, finishing, rules, steps, transitions, undo
from tasks.models import Comment, Involvement, StepRun, TallyDelta, Task

REASON = "because of the storm"

# Verb -> how a page or a program calls it for a person; `extra` carries whom or where to.
VERBS: dict[str, Callable[..., Any]] = {
    "claim": lambda task, actor, **extra: transitions.claim(task, actor=actor),
    "start": lambda task, actor, **extra: transitions.start(task, actor=actor),
    "release": lambda task, actor, **extra: transitions.release(task, actor=actor, reason=REASON),
    "assign": lambda task, actor, to, **extra: transitions.assign(task, actor=actor, to=to),
    "take_over": lambda task, actor, **extra: transitions.take_over(task, actor=actor, reason=REASON),
    "wait": lambda task, actor, **extra: transitions.wait(task, actor=actor, kind="outside", reason=REASON),
    "resume": lambda task, actor, **extra: transitions.resume(task, actor=actor),
    "mark_step": lambda task, actor, **extra: steps.mark_step(task, steps.Mark("step-1", True), actor=actor),
    "submit": lambda task, actor, **extra: finishing.submit(task, actor=actor),
    "approve": lambda task, actor, **extra: finishing.approve(task, actor=actor),
    "send_back": lambda task, actor, **extra: finishing.send_back(task, actor=actor, reason=REASON),
    "complete": lambda task, actor, **extra: finishing.complete(task, actor=actor),
    "cancel": lambda task, actor, **extra: transitions.cancel(task, actor=actor, reason=REASON),
    "reopen": lambda task, actor, **extra: transitions.reopen(task, actor=actor, reason=REASON),
    "hand_off": lambda task, actor, where, **extra: transitions.hand_off(
        task, actor=actor, department=where, reason=REASON
    ),
    "edit": lambda task, actor, **extra: editing.edit(
        task, extra.get("values", {"text": "Other words"}), actor=actor, revision=task.revision
    ),
    "comment": lambda task, actor, **extra: editing.comment(task, "Look here", actor=actor),
    "undo": lambda task, actor, **extra: undo.undo(task, actor=actor),
}


def knock(verb: str, task: Task, actor: User, **extra: Any) -> Any:
    """The way of a request: the task as the actor reaches it (Http404), the right (PermissionDenied), the verb."""
    forget(actor)
    row = reach(Task.objects.visible_to(actor).for_detail(), pk=task.pk)
    if verb in rules.RULES:
        require(rules.RULES[verb], actor, row)
    return VERBS[verb](row, actor, **extra)


def fresh(task: Task | int) -> Task:
    return Task.objects.for_detail().get(pk=task if isinstance(task, int) else task.pk)


def row_of(task: Task) -> dict[str, Any]:
    """Every column of a task, and what hangs on it: a refused verb leaves all of this alone."""
    values = dict(Task.objects.filter(pk=task.pk).values().get())
    hanging = {model: list(model.objects.filter(task_id=task.pk).order_by("pk").values()) for model in HANGING}
    events = Event.objects.filter(task_id=task.pk).count()
    return values | {"hanging": hanging, "events": events, "deltas": TallyDelta.objects.count()}


HANGING: tuple[Any, ...] = (Comment, Involvement, StepRun)


def events_of(task: Task) -> list[Event]:
    return list(Event.objects.filter(task_id=task.pk).select_related("payload").order_by("id"))


@contextmanager
def trial() -> Iterator[None]:
    """Whatever happens in the block is taken back: many cases share one cast."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def refresh(*rows: User | Department) -> None:
    """Read people anew and forget where they stand."""
    for row in rows:
        row.refresh_from_db()
        forget(row)
