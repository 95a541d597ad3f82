"""The task: a piece of work a person does."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from organization.models import Department
from tasks.models.procedures import Procedure, ProcedureVersion
from tasks.querysets.tasks import TaskQuerySet
from tasks.states import FINISHED, UNFINISHED, Priority, State, WaitReason

IS_UNFINISHED = Q(state__in=list(UNFINISHED))
IS_FREE = Q(state=State.OPEN, assignee__isnull=True)


class Label(models.Model):
    name = models.CharField(_("name"), max_length=60)
    folded_name = models.CharField(max_length=70, unique=True, editable=False)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        ordering = ["folded_name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.folded_name = fold(self.name)[:70]
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Task(models.Model):
    """Instants are UTC. `urgent_at` is the one key of the queue; what it was computed from is beside it."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), blank=True, default="")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, default=Priority.NORMAL)
    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="tasks", verbose_name=_("procedure"))
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="tasks")
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="tasks", verbose_name=_("department"), db_index=False
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("owner"),
        db_index=False,
    )
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requested_tasks",
        verbose_name=_("requester"),
        db_index=False,
    )
    confidential = models.BooleanField(_("confidential"), default=False)
    labels = models.ManyToManyField(Label, blank=True, related_name="tasks", verbose_name=_("labels"))

    ready_at = models.DateTimeField(_("not before"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"))
    due_is_date = models.BooleanField(default=False)
    due_from_target = models.BooleanField(default=True)
    remaining_minutes = models.PositiveIntegerField(help_text="Standard minutes still to do.")
    start_by = models.DateTimeField()
    urgent_at = models.DateTimeField()
    # When something is next to be said of it (`tasks.reminders`), and whether anybody watches it (`tasks.watching`).
    alarm_at = models.DateTimeField(null=True, editable=False)
    watched = models.BooleanField(default=False, db_default=False, editable=False)
    clock_key = models.CharField(max_length=40, help_text="Fingerprint of what due, start-by and urgency came from.")

    subject_kind = models.CharField(max_length=24, blank=True, default="")
    subject_id = models.BigIntegerField(null=True, blank=True)
    subject_ref = models.CharField(_("about"), max_length=80, blank=True, default="")
    external_source = models.CharField(max_length=60, blank=True, default="")
    external_reference = models.CharField(_("external reference"), max_length=120, blank=True, default="")

    opened_at = models.DateTimeField(_("opened"))
    claimed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    first_started_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    waiting_until = models.DateTimeField(null=True)
    waiting_kind = models.CharField(max_length=12, choices=WaitReason, blank=True, default="")
    waiting_reason = models.CharField(max_length=300, blank=True, default="")
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1, help_text="Rises with every verb; a stale edit is refused.")

    last_event: int = 0  # number of the event the last verb on this instance wrote

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[State.IN_PROGRESS, State.IN_REVIEW]) | Q(assignee__isnull=False),
                name="work_in_progress_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, state__in=list(FINISHED))
                | Q(closed_at__isnull=True, state__in=list(UNFINISHED)),
                name="finished_work_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(waiting_since__isnull=False, state=State.WAITING) & ~Q(waiting_kind="")
                | Q(waiting_since__isnull=True) & ~Q(state=State.WAITING),
                name="waiting_has_a_reason",
            ),
            models.CheckConstraint(condition=Q(priority__gte=1, priority__lte=4), name="priority_is_known"),
            models.CheckConstraint(
                condition=~Q(state=State.PLANNED) | Q(ready_at__isnull=False), name="planned_has_day"
            ),
            models.UniqueConstraint(
                fields=["external_source", "external_reference"],
                condition=~Q(external_reference=""),
                name="one_task_per_external_reference",
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "procedure", "urgent_at", "id"],
                name="task_next",
                condition=IS_FREE & Q(confidential=False),
            ),
            models.Index(fields=["department", "urgent_at", "id"], name="task_urgent", condition=IS_UNFINISHED),
            models.Index(fields=["department", "due_at", "id"], name="task_due", condition=IS_UNFINISHED),
            models.Index(fields=["department", "opened_at", "id"], name="task_opened", condition=IS_UNFINISHED),
            models.Index(fields=["department", "changed_at", "id"], name="task_changed", condition=IS_UNFINISHED),
            models.Index(fields=["department", "urgent_at", "id"], name="task_free", condition=IS_FREE),
            models.Index(
                fields=["assignee", "urgent_at", "id"],
                name="task_mine",
                condition=IS_UNFINISHED & Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["department", "assignee"],
                name="task_held",
                condition=IS_UNFINISHED & Q(assignee__isnull=False),
            ),
            # For who sees all departments at once; its condition says more than other lists do, so that the planner
            # does not walk everybody's work in order to find that of one department.
            models.Index(fields=["urgent_at", "id"], name="task_anywhere", condition=IS_UNFINISHED & Q(id__gt=0)),
            models.Index(fields=["department", "-closed_at", "-id"], name="task_closed", condition=~IS_UNFINISHED),
            models.Index(
                fields=["assignee", "-closed_at", "-id"],
                name="task_finished",
                condition=~IS_UNFINISHED & Q(assignee__isnull=False),
            ),
            models.Index(
                fields=["requester", "-opened_at", "-id"], name="task_asked_for", condition=Q(requester__isnull=False)
            ),
            # What a colleague asked for (`tasks.requests.lists`): unfinished first, however much is done.
            models.Index(
                fields=["requester", "-opened_at", "-id"],
                name="task_asked_open",
                condition=IS_UNFINISHED & Q(requester__isnull=False),
            ),
            models.Index(
                fields=["requester", "-closed_at", "-id"],
                name="task_asked_done",
                condition=~IS_UNFINISHED & Q(requester__isnull=False),
            ),
            models.Index(fields=["ready_at"], name="task_planned", condition=Q(state=State.PLANNED)),
            models.Index(
                fields=["waiting_until"],
                name="task_resumes",
                condition=Q(state=State.WAITING, waiting_until__isnull=False),
            ),
            models.Index(fields=["alarm_at", "id"], name="task_alarm", condition=Q(alarm_at__isnull=False)),
            models.Index(
                fields=["subject_kind", "subject_id"],
                name="task_about",
                condition=Q(subject_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:task", args=[self.reference])

    @property
    def reference(self) -> str:
        """How people name it: T-10234."""
        return f"T-{self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.state in FINISHED

    @property
    def is_free(self) -> bool:
        """Open and nobody's."""
        return self.state == State.OPEN and self.assignee_id is None


def reference_id(reference: str) -> int | None:
    """The number in a reference (T-10234, t-10234 or 10234), or None for anything else."""
    digits = reference.strip().upper().removeprefix("T-")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None
