"""The same verb on many tasks: each for itself, with what was done, what was skipped, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from core.folding import fold
from core.refusals import Refused, Stale
from organization.models import Absence, Department, User
from tasks import clocks, rules
from tasks.editing import edit
from tasks.models import Task
from tasks.states import UNFINISHED, State
from tasks.transitions import assign, cancel, claim, hand_off, release, wait
from tasks.undo import undo

MOST = 500


@dataclass
class Outcome:
    """References done, and those skipped with the sentence that says why.

    `before` is what edits replaced: for each task the revision they made and the values as they were.
    """

    done: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    before: dict[int, tuple[int, dict[str, Any]]] = field(default_factory=dict)


def each(ids: Iterable[int], *, actor: User, verb: str, act: Callable[[Task], Any], chosen: bool = True) -> Outcome:
    """Run `act` on every task the actor reaches, in the order given; rights are asked for each.

    What is beyond `MOST` is skipped and says so. So is work that is closed by its subject where somebody chose it
    (`chosen`): only its subject knows what else hangs on it. What goes to a substitute and what is undone goes along.
    """
    wanted = list(dict.fromkeys(ids))
    # One may always undo what one did oneself, also where that took it out of reach; `undo` asks whose it was.
    seen = Task.objects.all() if verb == "undo" else Task.objects.visible_to(actor)
    tasks = seen.for_detail().in_bulk(wanted[:MOST])
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


def claim_all(ids: Iterable[int], *, actor: User) -> Outcome:
    """Take many tasks nobody has, each through the gate."""
    return each(ids, actor=actor, verb="claim", act=lambda task: claim(task, actor=actor))


def hand_off_all(ids: Iterable[int], *, actor: User, department: Department, reason: str) -> Outcome:
    """Give many tasks to another department."""
    act = lambda task: hand_off(task, actor=actor, department=department, reason=reason)  # noqa: E731
    return each(ids, actor=actor, verb="hand_off", act=act)


def wait_all(
    ids: Iterable[int], *, actor: User, kind: str, reason: str, day: dt.date | None = None, time: dt.time | None = None
) -> Outcome:
    """Let many tasks wait until a day: at `time` in the reader's zone, else when work begins where each is done."""

    def act(task: Task) -> Any:
        until = clocks.begin_of(task.department, day, time) if day else None
        return wait(task, actor=actor, kind=kind, reason=reason, until=until)

    return each(ids, actor=actor, verb="wait", act=act)


def prioritize_all(ids: Iterable[int], *, actor: User, priority: int) -> Outcome:
    """Give many tasks one priority; what has it already is skipped."""

    def values(task: Task) -> dict[str, Any]:
        if task.priority == priority:
            raise Refused(_("It has this priority already."), code="no_change")
        return {"priority": priority}

    return _edit_all(ids, actor=actor, values=values, before=lambda task: {"priority": task.priority})


def label_all(ids: Iterable[int], *, actor: User, label: str) -> Outcome:
    """Put one label to many tasks, beside those they have; what has it already is skipped."""

    def values(task: Task) -> dict[str, Any]:
        names = _labels(task)
        if fold(label) in {fold(name) for name in names}:
            raise Refused(_("It has this label already."), code="no_change")
        return {"labels": [*names, label]}

    return _edit_all(ids, actor=actor, values=values, before=lambda task: {"labels": _labels(task)})


def _labels(task: Task) -> list[str]:
    return [label.name for label in task.labels.all()]


def _edit_all(
    ids: Iterable[int],
    *,
    actor: User,
    values: Callable[[Task], dict[str, Any]],
    before: Callable[[Task], dict[str, Any]],
) -> Outcome:
    """Edit many tasks, and keep what that replaced, so that it can be put back."""
    kept: dict[int, tuple[int, dict[str, Any]]] = {}

    def act(task: Task) -> None:
        old, new = before(task), values(task)
        kept[task.pk] = (edit(task, new, actor=actor, revision=task.revision).revision, old)

    outcome = each(ids, actor=actor, verb="edit", act=act)
    outcome.before = kept
    return outcome


def undo_all(
    ids: Iterable[int], *, actor: User, before: Mapping[int, tuple[int, dict[str, Any]]] | None = None
) -> Outcome:
    """Undo the actor's last verb on each task, where that is still possible.

    What was edited (`before` as in `Outcome`) is edited back, where nothing changed since.
    """
    edited = before or {}

    def act(task: Task) -> None:
        if task.pk not in edited:
            undo(task, actor=actor)
            return
        revision, values = edited[task.pk]
        try:
            edit(task, values, actor=actor, revision=revision)
        except Stale:
            words = _("%(task)s has changed since, so it cannot be undone.") % {"task": task.reference}
            raise Refused(words, code="changed_since") from None

    return each(ids, actor=actor, verb="undo", act=act)


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
