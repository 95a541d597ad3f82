"""What reports leave behind: kept results with their readers, and the schedules that ask for them."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from organization.models import Department
from organization.models.people import check_zone
from records.models import Attachment, Run
from reports.querysets import KeptReportQuerySet, ScheduleQuerySet


class Schedule(models.Model):
    """A report that is asked for again and again, at a local time of `time_zone`."""

    class Every(models.TextChoices):
        DAY = "day", _("every day")
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")

    class Ended(models.TextChoices):
        NOT = "", _("no")
        STOPPED = "stopped", _("somebody stopped it")
        REACH = "reach", _("its owner may no longer see what it covers")
        FAILING = "failing", _("its report could not be made five times in a row")

    name = models.CharField(_("name"), max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="report_schedules", verbose_name=_("owner")
    )
    report = models.CharField(_("report"), max_length=30)
    parameters = models.JSONField(default=dict)
    every = models.CharField(_("how often"), max_length=5, choices=Every, default=Every.MONTH)
    weekday = models.PositiveSmallIntegerField(_("weekday"), default=0, validators=[MaxValueValidator(6)])
    day = models.PositiveSmallIntegerField(
        _("day of the month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    at = models.TimeField(_("time"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[check_zone])
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("recipients"))
    next_at = models.DateTimeField(_("next"))
    ended = models.CharField(max_length=8, choices=Ended, blank=True, default="")
    failures = models.PositiveSmallIntegerField(
        default=0, help_text="Reports in a row that could not be made or asked for."
    )
    failed_at = models.DateTimeField(null=True, help_text="The last time.")
    trouble = models.TextField(blank=True, default="", help_text="What went wrong then, for admins.")
    revision = models.PositiveIntegerField(default=1)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("report schedule")
        verbose_name_plural = _("report schedules")
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="schedule_weekday"),
            models.CheckConstraint(condition=Q(day__gte=1, day__lte=31), name="schedule_day"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="schedule_due", condition=Q(ended="")),
            models.Index(fields=["owner", "-id"], name="schedule_of_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:schedule", args=[self.pk])

    @property
    def is_on(self) -> bool:
        return not self.ended

    @property
    def is_parked(self) -> bool:
        return self.ended == self.Ended.FAILING


class KeptReport(models.Model):
    """A report that was asked for. `table` is its snapshot once the run is done: it shows the same numbers for ever.

    It is about `departments` or, where `person` is set, about that person's own work in them. `first_day` and
    `last_day` are local days of each department's site.
    """

    run = models.OneToOneField(Run, models.PROTECT, related_name="+")
    report = models.CharField(_("report"), max_length=30)
    parameters = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by"), db_index=False
    )
    asked_at = models.DateTimeField(_("asked for"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The one that was chosen, with those below; empty for all in reach.",
    )
    departments = ArrayField(models.BigIntegerField(), default=list)
    first_day = models.DateField()
    last_day = models.DateField()
    schedule = models.ForeignKey(Schedule, models.PROTECT, null=True, related_name="reports")
    occurrence_at = models.DateTimeField(null=True, help_text="The time of its schedule it was made for.")
    as_of = models.DateTimeField(null=True, help_text="When its numbers were true.")
    table = models.JSONField(null=True)
    failed_at = models.DateTimeField(null=True, help_text="When making it failed first: its schedule counts it once.")
    paperless = models.BooleanField(
        default=False, help_text="There is no PDF: the machine could not draw one, or the table is too long for paper."
    )
    keep_until = models.DateTimeField(_("kept until"))
    readers = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Reader", related_name="kept_reports")

    objects = KeptReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept report")
        verbose_name_plural = _("kept reports")
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "occurrence_at"],
                condition=Q(schedule__isnull=False),
                name="one_report_per_occurrence",
            ),
            models.CheckConstraint(
                condition=Q(schedule__isnull=True) | Q(occurrence_at__isnull=False), name="scheduled_has_occurrence"
            ),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="period_goes_forward"),
        ]
        indexes = [models.Index(fields=["keep_until"], name="report_kept_until")]

    def __str__(self) -> str:
        return f"{self.report} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("reports:report", args=[self.pk])

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        return self.first_day, self.last_day

    @property
    def is_ready(self) -> bool:
        return self.table is not None


class Reader(models.Model):
    """Whose list a kept report is in: who asked for it, and whom its schedule sends it to."""

    report = models.ForeignKey(KeptReport, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "person"], name="one_reader_once")]
        indexes = [models.Index(fields=["person", "-report"], name="reports_of_reader")]

    def __str__(self) -> str:
        return f"{self.person_id} reads {self.report_id}"


class Paper(models.Model):
    """The PDF of a kept report in one language, its instants in one zone."""

    report = models.ForeignKey(KeptReport, models.CASCADE, related_name="papers", db_index=False)
    language = models.CharField(max_length=16)
    time_zone = models.CharField(max_length=64)
    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("PDF of a kept report")
        verbose_name_plural = _("PDFs of kept reports")
        constraints = [models.UniqueConstraint(fields=["report", "language", "time_zone"], name="one_paper_per_tongue")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.language} {self.time_zone}"
