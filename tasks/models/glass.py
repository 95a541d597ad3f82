"""Confidential work that was opened by breaking the glass."""

from django.conf import settings
from django.db import models

from tasks.models.tasks import Task


class BrokenGlass(models.Model):
    """Somebody may read a confidential task for a while; why they asked to is in its event."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="broken_glass")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    broken_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "task"], name="glass_broken_once_each")]

    def __str__(self) -> str:
        return f"{self.task_id} to {self.person_id} until {self.until}"
