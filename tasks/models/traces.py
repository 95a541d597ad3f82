"""What people leave on a task: comments, marks with values, and that they were involved."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tasks.models.procedures import Step
from tasks.models.tasks import Task


class Comment(models.Model):
    task = models.ForeignKey(Task, models.CASCADE, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("comment"))
    for_requester = models.BooleanField(_("seen by the requester"), default=False)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        indexes = [models.Index(fields=["task", "id"], name="comment_of_task")]

    def __str__(self) -> str:
        return self.text[:60]


class StepRun(models.Model):
    """A step of a task: marked when and by whom, with the value it asked for in the column of its kind."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="step_runs")
    step = models.ForeignKey(Step, models.PROTECT, related_name="runs")
    marked_at = models.DateTimeField(null=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    text = models.TextField(null=True)
    number = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    date = models.DateField(null=True)
    flag = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "step"], name="one_run_per_step")]
        indexes = [
            models.Index(fields=["step", "number"], name="step_number", condition=models.Q(number__isnull=False)),
            models.Index(fields=["step", "date"], name="step_date", condition=models.Q(date__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.task_id} {self.step_id}"


class Involvement(models.Model):
    """Somebody had a hand in a task. Answers "what did I do" and "who was not involved"."""

    class How(models.TextChoices):
        CREATED = "created", _("created")
        EDITED = "edited", _("edited")
        HELD = "held", _("held")
        MARKED = "marked", _("marked a step")
        REVIEWED = "reviewed", _("reviewed")

    task = models.ForeignKey(Task, models.CASCADE, related_name="involvements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="involvements")
    how = models.CharField(max_length=8, choices=How)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "person", "how"], name="involved_once_each_way")]
        indexes = [models.Index(fields=["person", "-task"], name="involvement_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.how} {self.task_id}"
