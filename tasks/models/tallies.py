"""Kept counts of the backlog: verbs append deltas, a job folds them, so no verb waits for a hot row."""

from django.db import models

from organization.models import Department


class Tally(models.Model):
    """Open work nobody has in a department: how many tasks, how many standard minutes."""

    department = models.OneToOneField(Department, models.CASCADE, primary_key=True, related_name="tally")
    tasks = models.BigIntegerField(default=0)
    minutes = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.department_id}: {self.tasks}"


class TallyDelta(models.Model):
    department_id = models.BigIntegerField()
    tasks = models.SmallIntegerField()
    minutes = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["department_id"], name="tally_delta_department")]

    def __str__(self) -> str:
        return f"{self.department_id}: {self.tasks:+d}"
