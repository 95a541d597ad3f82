"""Selections of tasks. Reach first (`visible_to`), then what a list or a page shows."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from core import clock
from tasks.states import FINISHED, HELD, UNFINISHED, State

# What a list reads of a task itself. Names are looked up for the whole page (`names.Names`): joined to the rows, the
# planner would read whole tables of people to draw fifty of them.
LIST_FIELDS = (
    "id",
    "title",
    "state",
    "priority",
    "confidential",
    "department_id",
    "procedure_id",
    "assignee_id",
    "requester_id",
    "subject_kind",
    "subject_ref",
    "ready_at",
    "due_at",
    "due_is_date",
    "start_by",
    "urgent_at",
    "remaining_minutes",
    "waiting_since",
    "waiting_until",
    "waiting_kind",
    "waiting_reason",
    "submitted_at",
    "opened_at",
    "closed_at",
    "changed_at",
    "revision",
)


def seen_in_departments(user: Any) -> Q:
    """What of a department's work the person sees: confidential work only as its owner or manager."""
    return Q(confidential=False) | Q(assignee=user) | Q(department__in=user.standing.managed)


def readable(user: Any) -> Q:
    """Work whose content the person reads: of confidential work an admin knows that it is there, and no more."""
    return seen_in_departments(user) | Q(requester=user)


def inside(user: Any) -> Q:
    """Work whose labels, steps and reasons the person sees; who only asked for it does not."""
    if user.is_admin:
        return seen_in_departments(user)
    return Q(department__in=user.standing.departments) & seen_in_departments(user) | Q(assignee=user)


class TaskQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> TaskQuerySet:
        """Reach (domain.md): admin all, manager and assistant their departments, everybody what they asked for
        or have in hand, and what they did elsewhere. Confidential content is guarded by `rules.sees_content`.
        """
        if not user.is_authenticated:
            return self.none()
        if user.is_admin:
            return self.all()
        involved = self.model.involvements.rel.related_model.objects.filter(task=OuterRef("pk"), person=user)
        return self.filter(
            Q(department__in=user.standing.departments) & seen_in_departments(user)
            | Q(assignee=user)
            | Q(requester=user)
            | Q(confidential=False) & Exists(involved)
        )

    def opened_to(self, user: Any) -> TaskQuerySet:
        """With `open_to` and `open_until` where an admin has broken the glass of a task (`tasks.glass`), for the page
        of one task. Others are not asked: it costs them nothing, and lists never ask.
        """
        if not user.is_admin:
            return self
        broken = self.model.broken_glass.rel.related_model.objects.filter(task=OuterRef("pk"), person=user)
        now = broken.filter(until__gt=clock.now())
        opened: TaskQuerySet = self.annotate(
            open_to=Subquery(now.values("person")), open_until=Subquery(now.values("until"))
        )
        return opened

    def unfinished(self) -> TaskQuerySet:
        return self.filter(state__in=list(UNFINISHED))

    def finished(self) -> TaskQuerySet:
        return self.filter(state__in=list(FINISHED))

    def free(self) -> TaskQuerySet:
        """Open and nobody's."""
        return self.filter(state=State.OPEN, assignee__isnull=True)

    def held_by(self, user: Any) -> TaskQuerySet:
        """Claimed or in progress: what counts against the cap."""
        return self.filter(assignee=user, state__in=list(HELD))

    def mine(self, user: Any) -> TaskQuerySet:
        """Unfinished work the person has."""
        return self.unfinished().filter(assignee=user)

    def asked_by(self, user: Any) -> TaskQuerySet:
        return self.filter(requester=user)

    def overdue(self) -> TaskQuerySet:
        """Unfinished after its due time; what waits for somebody outside under a target does not count."""
        return self.unfinished().filter(due_at__lt=clock.now())

    def ready_to_open(self) -> TaskQuerySet:
        """Planned work whose time has come."""
        return self.filter(state=State.PLANNED, ready_at__lte=clock.now())

    def ready_to_resume(self) -> TaskQuerySet:
        """Waiting work whose "until" has come."""
        return self.filter(state=State.WAITING, waiting_until__lte=clock.now())

    def for_detail(self) -> TaskQuerySet:
        """Everything the task page shows of the row itself."""
        return self.select_related(
            "department__site",
            "department__calendar",
            "procedure",
            "version",
            "assignee",
            "requester",
        )

    def locked(self) -> TaskQuerySet:
        """For a verb: the row alone is locked, what the verb needs to decide comes with it."""
        return self.select_related(
            "department__site", "department__calendar", "procedure", "version"
        ).select_for_update(of=("self",), no_key=True)

    def locked_for_alarm(self) -> TaskQuerySet:
        """For the sweep: rows nobody else is changing, with what their moments are computed from."""
        return self.select_related("department__site", "department__calendar", "procedure").select_for_update(
            of=("self",), no_key=True, skip_locked=True
        )
