"""Working calendars as the office writes them down; the arithmetic is in `working_time`."""

from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.folding import fold
from organization.querysets import NamedQuerySet

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class OfficeCalendar(models.Model):
    """Weekly windows and closures; the zone and the holidays come from the site of whoever uses it."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    folded_name = models.CharField(max_length=130, editable=False)
    observes_holidays = models.BooleanField(_("closed on the site's public holidays"), default=True)
    revision = models.PositiveIntegerField(default=1, editable=False, help_text="Rises with every change of it.")

    objects = NamedQuerySet.as_manager()

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering = ["folded_name", "id"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded_name = fold(self.name)[:130]
        super().save(*args, **kwargs)


class CalendarWindow(models.Model):
    calendar = models.ForeignKey(OfficeCalendar, models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS)
    start = models.TimeField(_("from"))
    end = models.TimeField(_("to"), help_text=_("00:00 means midnight at the end of the day."))

    class Meta:
        verbose_name = _("working window")
        verbose_name_plural = _("working windows")
        ordering = ["weekday", "start"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gt=F("start")) | models.Q(end="00:00"),
                name="window_ends_after_start",
                violation_error_message=_("A window ends after it starts."),
            ),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="window_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.start:%H:%M}-{self.end:%H:%M}"


class CalendarClosure(models.Model):
    calendar = models.ForeignKey(OfficeCalendar, models.CASCADE, related_name="closures")
    day = models.DateField(_("day"))
    start = models.TimeField(_("from"), null=True, blank=True)
    end = models.TimeField(_("to"), null=True, blank=True)
    name = models.CharField(_("reason"), max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["day", "start"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(start__isnull=True, end__isnull=True)
                | models.Q(start__isnull=False, end__isnull=False, end__gt=F("start")),
                name="closure_whole_or_span",
                violation_error_message=_("Give both times of a part-day closure, the end after the start, or none."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
