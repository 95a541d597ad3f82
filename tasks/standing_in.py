"""Work of somebody absent: what would go to their substitute, and what comes back when they are there again."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from organization.models import Absence, User
from records.models import Event
from tasks.bulk import MOST, Outcome, each
from tasks.models import Task
from tasks.states import UNFINISHED, State
from tasks.transitions import assign

MOVABLE = [state for state in UNFINISHED if state != State.IN_REVIEW]


def to_move(absence: Absence, *, actor: Any) -> QuerySet[Task]:
    """What the person holds and the actor reaches; what is in review stays with its reviewer."""
    held = Task.objects.visible_to(actor).filter(assignee=absence.person, state__in=MOVABLE)
    return held.order_by("urgent_at", "id")


def to_bring_back(absence: Absence, *, actor: Any) -> QuerySet[Task]:
    """What the substitute still has because it was given to them on behalf of the person."""
    last = Event.objects.filter(task_id=OuterRef("pk"), verb="assign").order_by("-pk").values("on_behalf_of")[:1]
    held = Task.objects.visible_to(actor).filter(assignee=absence.substitute_id, state__in=MOVABLE)
    return held.annotate(moved_for=Subquery(last)).filter(moved_for=absence.person_id).order_by("urgent_at", "id")


def bring_back(absence: Absence, *, actor: User) -> Outcome:
    """Give the person back what their substitute has of theirs, each through the gate; one `assign` event a task."""
    person = absence.person
    ids = list(to_bring_back(absence, actor=actor).values_list("pk", flat=True)[:MOST])
    return each(ids, actor=actor, verb="assign", act=lambda task: assign(task, actor=actor, to=person), chosen=False)
