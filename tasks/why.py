"""Why this task, and why not me: the words beside a task, from the same facts and the same gate as the verbs."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import clock
from organization import dates
from organization.calendars import today_in
from organization.models import Holding, User
from tasks.eligibility import Failure, facts_of, gate, need_of
from tasks.models import Requirement, Task
from tasks.parts import needs_of
from tasks.states import Priority, State

FINISHED, PLANNED, WAITING, IN_REVIEW, TAKEN, CONFIDENTIAL = (
    "finished",
    "planned",
    "waiting",
    "in_review",
    "taken",
    "confidential",
)


def why_this(task: Task, actor: User) -> list[str]:
    """Why `actor` was served this task, in parts: priority, start-by, and what they hold for it. One statement."""
    parts = []
    priority = {
        Priority.URGENT: _("urgent priority"),
        Priority.HIGH: _("high priority"),
        Priority.LOW: _("low priority, and nothing before it"),
    }
    if task.priority in priority:
        parts.append(priority[Priority(task.priority)])
    now = clock.now()
    if task.due_at <= now:
        parts.append(_("overdue since %(instant)s") % {"instant": _said(task.due_at, now)})
    elif task.start_by <= now:
        parts.append(_("to be started since %(instant)s") % {"instant": _said(task.start_by, now)})
    else:
        parts.append(_("start by %(instant)s") % {"instant": _said(task.start_by, now)})
    return parts + _held_for_it(task, actor, now)


def _held_for_it(task: Task, actor: User, now: dt.datetime) -> list[str]:
    asked = Requirement.objects.filter(procedure=task.procedure_id).values("qualification")
    held = Holding.objects.on(today_in(task.department, now)).filter(person=actor, qualification__in=asked)
    best = held.values_list("qualification__name").annotate(level=Max("level")).order_by("qualification__name")
    return [_("you hold %(qualification)s %(level)s") % {"qualification": name, "level": level} for name, level in best]


def sentence(parts: list[str]) -> str:
    """The parts as one sentence: High priority, start by 12:07, and you hold Planning checks 2."""
    if not parts:
        return ""
    said = parts[-1]
    if len(parts) > 1:
        pattern = pgettext("end of a list of reasons", "%(parts)s, and %(last)s")
        said = pattern % {"parts": pgettext("between reasons", ", ").join(parts[:-1]), "last": parts[-1]}
    return f"{said[:1].upper()}{said[1:]}."


def why_not_me(user: User, task: Task) -> Failure | None:
    """What stands between `user` and claiming a task they see; None when nothing does, or when it is theirs to work on.

    First what the task says of itself (finished, planned, waiting, in review, somebody's, confidential), then the
    gate's first failure. `task` comes with department, site and assignee selected; the gate reads two statements, one
    where the task came with its parts.
    """
    own = _of_the_task(task, user)
    if own:
        return own
    return None if task.assignee_id == user.pk else gate(facts_of(user), need_of(task, needs_of(task)))


def _of_the_task(task: Task, user: User) -> Failure | None:
    now = clock.now()
    if task.is_finished:
        words = _("it is done") if task.state == State.DONE else _("it is cancelled")
        return Failure(FINISHED, words)
    if task.state == State.PLANNED and task.ready_at:
        return Failure(PLANNED, _("it is planned until %(instant)s") % {"instant": _said(task.ready_at, now)})
    if task.state == State.WAITING and task.waiting_until:
        return Failure(WAITING, _("it waits until %(instant)s") % {"instant": _said(task.waiting_until, now)})
    if task.state == State.WAITING:
        return Failure(WAITING, _("it waits"))
    if task.state == State.IN_REVIEW:
        return Failure(IN_REVIEW, _("it is in review"))
    if task.assignee and task.assignee_id != user.pk:
        return Failure(TAKEN, _("%(person)s has it") % {"person": task.assignee.name})
    if task.confidential and task.assignee_id is None:
        return Failure(CONFIDENTIAL, _("it is confidential: its manager gives it out"))
    return None


def _said(instant: dt.datetime, now: dt.datetime) -> str:
    zone = timezone.get_current_timezone()
    return dates.day_and_time(instant.astimezone(zone), now.astimezone(zone))
