"""A job a person asked for: its parameters, progress and result, and the rows it kept aside."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from records import requests
from records.querysets import RunQuerySet


class Run(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("waiting to start")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        PARKED = "parked", _("parked after five tries")

    kind = models.CharField(max_length=40, help_text="app.verb_noun of the function that does it.")
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    place = models.JSONField(null=True, help_text="Where to go on after an interruption.")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    request_id = models.CharField(max_length=requests.LENGTH, blank=True, default=requests.current, editable=False)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [
            models.Index(
                fields=["lease_until", "id"],
                name="run_unfinished",
                condition=models.Q(state__in=["queued", "running"]),
            ),
            models.Index(fields=["asked_by", "-id"], name="run_asked_by"),
            models.Index(fields=["kind", "-id"], name="run_of_kind"),
            models.Index(fields=["-id"], name="run_given_up", condition=models.Q(state__in=["failed", "parked"])),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RunReject(models.Model):
    """A row of the input that could not be taken: kept as it came, with the place and the reason."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField(help_text="Line of the file, the header being line 1.")
    column = models.CharField(max_length=200, blank=True, default="")
    reason = models.TextField()
    row = models.JSONField(help_text="The row as it came, by column; corrected in place before it is run again.")
    settled_at = models.DateTimeField(null=True)
    left_out = models.BooleanField(default=False, db_default=False, help_text="Settled by not being wanted.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="one_reject_per_line")]
        indexes = [
            models.Index(
                fields=["run", "line", "id"], name="reject_aside", condition=models.Q(settled_at__isnull=True)
            ),
            models.Index(fields=["run", "line", "id"], name="reject_left_out", condition=models.Q(left_out=True)),
        ]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
