"""The same verb on many tasks: each for itself, with what was done, what was skipped, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from core.refusals import Refused
from organization.models import Absence, Department, User
from tasks import rules
from tasks.models import Task
from tasks.states import UNFINISHED, State
from tasks.transitions import assign, cancel, release
from tasks.undo import undo

MOST = 500


@dataclass
class Outcome:
    """References done, and those skipped with the sentence that says why."""

    done: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)


def each(ids: Iterable[int], *, actor: User, verb: str, act: Callable[[Task], Any], chosen: bool = True) -> Outcome:
    """Run `act` on every task the actor reaches, in the order given; rights are asked for each.

    What is beyond `MOST` is skipped and says so. So is work that is closed by its subject where somebody chose it
    (`chosen`): only its subject knows what else hangs on it. What goes to a substitute and what is undone goes along.
    """
    wanted = list(dict.fromkeys(ids))
    tasks = Task.objects.visible_to(actor).for_detail().in_bulk(wanted[:MOST])
    outcome = Outcome(
        skipped=[(f"T-{pk}", _("Only %(most)s can be changed at once.") % {"most": MOST}) for pk in wanted[MOST:]]
    )
    for pk in wanted[:MOST]:
        task = tasks.get(pk)
        if task is None:
            outcome.skipped.append((f"T-{pk}", _("It cannot be reached.")))
            continue
        if chosen and verb != "undo" and task.procedure.closed_by_subject:
            outcome.skipped.append((task.reference, _closed_elsewhere(task)))
            continue
        try:
            # One may always undo what one did oneself; `undo` asks whose it was.
            if verb != "undo" and not rules.RULES[verb](actor, task):
                raise PermissionDenied(verb)
            act(task)
        except PermissionDenied:
            outcome.skipped.append((task.reference, _("You may not do this with it.")))
        except Refused as refused:
            outcome.skipped.append((task.reference, str(refused.sentence)))
        else:
            outcome.done.append(task.reference)
    return outcome


def _closed_elsewhere(task: Task) -> str:
    if task.subject_ref:
        return _("It is finished by what it is about: go to %(subject)s.") % {"subject": task.subject_ref}
    return _("It is finished by what it is about, not here.")


def assign_all(ids: Iterable[int], *, actor: User, to: User, override: str = "") -> Outcome:
    """Give many tasks to one person through the gate."""
    return each(ids, actor=actor, verb="assign", act=lambda task: assign(task, actor=actor, to=to, override=override))


def release_all(ids: Iterable[int], *, actor: User, reason: str = "") -> Outcome:
    """Return many tasks to the queue."""
    return each(ids, actor=actor, verb="release", act=lambda task: release(task, actor=actor, reason=reason))


def cancel_all(ids: Iterable[int], *, actor: User, reason: str) -> Outcome:
    """Cancel many tasks with one reason."""
    return each(ids, actor=actor, verb="cancel", act=lambda task: cancel(task, actor=actor, reason=reason))


def undo_all(ids: Iterable[int], *, actor: User) -> Outcome:
    """Undo the actor's last verb on each task, where that is still possible."""
    return each(ids, actor=actor, verb="undo", act=lambda task: undo(task, actor=actor))


def move_to_substitute(absence: Absence, *, actor: User, department: Department | None = None) -> Outcome:
    """Give the open work of somebody absent (of one department or all) to their substitute, on their behalf.

    Through the gate, each for itself; work out of the actor's reach is left alone and not named.
    """
    substitute = absence.substitute
    if substitute is None:
        raise Refused(
            _("%(person)s has no substitute. Name one first.") % {"person": absence.person.name},
            code="no_substitute",
        )
    held = Task.objects.visible_to(actor).filter(
        assignee=absence.person, state__in=[s for s in UNFINISHED if s != State.IN_REVIEW]
    )
    if department:
        held = held.filter(department=department)
    return each(
        held.order_by("urgent_at", "id").values_list("pk", flat=True),
        actor=actor,
        verb="assign",
        act=lambda task: assign(task, actor=actor, to=substitute, on_behalf_of=absence.person),
        chosen=False,
    )
