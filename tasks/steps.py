"""Marking steps and entering the values they ask for."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from core.refusals import Refused
from organization.models import User
from tasks import clocks
from tasks.changes import Change, change, storable
from tasks.models import Involvement, Step, StepRun, Task

COLUMN = {
    Step.Value.TEXT: "text",
    Step.Value.CHOICE: "text",
    Step.Value.NUMBER: "number",
    Step.Value.DATE: "date",
    Step.Value.YES_NO: "flag",
}
MOST = Decimal(10) ** 14
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+")  # 1,234 is a thousand here and little more than one there
YES, NO = {"yes", "true", "1", "on"}, {"no", "false", "0"}


def value_of(run: StepRun | None, step: Step) -> Any:
    """The value a step has, in its own type, or None."""
    column = COLUMN.get(step.value_kind)  # type: ignore[call-overload]
    return getattr(run, column) if run and column else None


def parse(step: Step, raw: Any) -> Any:
    """What somebody typed, as the step's type; None for nothing. Raises Refused naming the step and the fix."""
    text = storable(str(raw).strip(), step.key) if raw is not None else ""
    if text == "":
        return None
    readers = {
        Step.Value.TEXT: _text,
        Step.Value.NUMBER: _number,
        Step.Value.DATE: _date,
        Step.Value.YES_NO: _flag,
        Step.Value.CHOICE: _choice,
    }
    reader = readers.get(step.value_kind)  # type: ignore[call-overload]
    if reader is None:
        raise Refused(_("“%(step)s” asks for no value.") % {"step": step.instruction}, code="no_value", field=step.key)
    value = reader(step, text)
    if value is None:
        hints = {
            Step.Value.TEXT: _("Use up to 4000 characters."),
            Step.Value.NUMBER: _("Enter a number, such as 240.00."),
            Step.Value.DATE: _("Enter a date, such as 2026-11-30."),
            Step.Value.YES_NO: _("Choose yes or no."),
            Step.Value.CHOICE: _("Choose one of: %(choices)s.") % {"choices": ", ".join(step.choices)},
        }
        hint = hints[step.value_kind]  # type: ignore[index]
        raise Refused(f"{step.instruction}: {hint}", code="value_invalid", field=step.key)
    return value


def _text(step: Step, text: str) -> str | None:
    return text if len(text) <= 4000 else None


def _number(step: Step, text: str) -> Decimal | None:
    if THOUSANDS.fullmatch(text):
        return None
    try:
        number = Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= MOST:
        return None
    return round(number, 6)


def _date(step: Step, text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _flag(step: Step, text: str) -> bool | None:
    return True if text.lower() in YES else False if text.lower() in NO else None


def _choice(step: Step, text: str) -> str | None:
    return text if text in step.choices else None


@dataclass(frozen=True)
class Mark:
    """One entry: a step's key, whether it is done, and what was typed for it (None leaves a value as it is)."""

    key: str
    done: bool
    value: Any = None


def mark_step(task: Task | int, mark: Mark, *, actor: User) -> Task:
    """Mark a step of work in progress (or take the mark back), with its value.

    A step that asks for a value and is mandatory is not done without one. What is still to do, start-by and urgency
    follow. Raises Refused for an unknown step, a value of the wrong kind, or a missing one.
    """
    with change("mark_step", task, actor=actor) as work:
        row = work.task
        if row.assignee_id != actor.pk:
            raise Refused(_("Only the owner of a task marks its steps."), code="not_yours")
        steps = list(row.version.steps.all())
        step = next((step for step in steps if step.key == mark.key), None)
        if step is None:
            raise Refused(_("This task has no step %(key)s.") % {"key": mark.key}, code="step_unknown", field="step")
        run = StepRun.objects.filter(task=row, step=step).first() or StepRun(task=row, step=step)
        _enter(work, run, step, mark)
        work.involve.append((actor.pk, Involvement.How.MARKED))
        marked = set(StepRun.objects.filter(task=row, marked_at__isnull=False).values_list("step_id", flat=True))
        row.remaining_minutes = clocks.remaining_of(steps, marked, row.procedure.standard_minutes)
        clocks.set_clock(row)
    return work.task


def _enter(work: Change, run: StepRun, step: Step, mark: Mark) -> None:
    before = value_of(run, step)
    value = before if mark.value is None else parse(step, mark.value)
    if mark.done and step.value_kind and step.is_mandatory and value is None:
        raise Refused(
            _("“%(step)s” asks for a value: enter it first.") % {"step": step.instruction},
            code="value_missing",
            field=step.key,
        )
    column = COLUMN.get(step.value_kind)  # type: ignore[call-overload]
    if column:
        setattr(run, column, value)
    run.marked_at = (run.marked_at or work.at) if mark.done else None
    run.marked_by = (run.marked_by or work.actor) if mark.done else None
    run.save()
    work.extra |= {"step": step.key, "instruction": step.instruction, "done": mark.done}
    if value != before:
        work.extra["value"] = [_plain(before), _plain(value)]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | dt.date) else value
