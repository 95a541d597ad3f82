"""What has been said about a task's clock, and who watches it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.models.tasks import Task


class Reminder(models.Model):
    """One moment of a task's clock that came: each kind once for each due time, whoever sweeps how often.

    `superseded` ones passed together with a worse one, which was said instead.
    """

    class Kind(models.TextChoices):
        DUE_SOON = "due_soon", _("due soon")
        START_BY = "start_by", _("start-by passed")
        OVERDUE = "overdue", _("overdue")
        ESCALATED = "escalated", _("escalated")

    task = models.ForeignKey(Task, models.CASCADE, related_name="reminders", db_index=False)
    kind = models.CharField(max_length=9, choices=Kind)
    due_at = models.DateTimeField()
    moment = models.DateTimeField()
    said_at = models.DateTimeField()
    superseded = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "kind", "due_at"], name="reminded_once")]

    def __str__(self) -> str:
        return f"T-{self.task_id} {self.kind} {self.due_at:%Y-%m-%d %H:%M}"


class Watch(models.Model):
    """Somebody follows a task that is neither theirs nor asked for by them."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="watches", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watches")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "person"], name="watched_once")]

    def __str__(self) -> str:
        return f"{self.person_id} watches T-{self.task_id}"
