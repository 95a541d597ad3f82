"""Forms of reports: what to ask for, and when to ask for it again. Shape only; the verbs decide."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from organization.dates import plain_day
from organization.models import User
from organization.models.calendars import WEEKDAYS
from reports.catalogue.base import By, Report, When
from reports.models import Schedule
from reports.periods import LONGEST, Period
from reports.recipients import SentToForm
from reports.scope import EVERYTHING, OWN, manageable

CHOICE_LABELS = {
    "dues": gettext_lazy("Which due times"),
    "measure": gettext_lazy("Counted in"),
    "week": gettext_lazy("Which week"),
}


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": "w-date"})


class AskForm(forms.Form):
    """The parameters of one report, as far as the person may choose."""

    about = forms.ChoiceField(label=gettext_lazy("About"))
    by = forms.ChoiceField(label=gettext_lazy("A row for each"))
    period = forms.ChoiceField(
        label=gettext_lazy("Days"),
        choices=Period,
        initial=Period.LAST_MONTH,
        help_text=gettext_lazy("Days of each department’s own site."),
    )
    first = forms.DateField(label=gettext_lazy("First day"), required=False, widget=DayInput)
    last = forms.DateField(label=gettext_lazy("Last day"), required=False, widget=DayInput)

    def __init__(self, data: Any = None, *, user: User, report: Report, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        self.user, self.report = user, report
        about = self.fields["about"]
        about.choices = list(self._abouts())  # type: ignore[attr-defined]
        about.initial = about.choices[0][0]  # type: ignore[attr-defined]
        if len(report.bys) > 1:
            by = self.fields["by"]
            by.choices = [(one, By(one).label) for one in report.bys]  # type: ignore[attr-defined]
            by.initial = report.bys[0]
        else:
            del self.fields["by"]
        if report.when != When.PERIOD:
            for name in ("period", "first", "last"):
                del self.fields[name]
        for name, kinds in report.choices.items():
            self.fields[name] = forms.ChoiceField(
                label=CHOICE_LABELS[name], choices=kinds.choices, initial=kinds.choices[0][0]
            )

    def _abouts(self) -> list[tuple[str, Any]]:
        """All in reach, each department with those below it, one's own work."""
        places = list(manageable(self.user).values_list("pk", "name"))
        found: list[tuple[str, Any]] = [(str(pk), name) for pk, name in places]
        if places:
            everything = _("The whole office") if self.user.is_admin else _("All departments I manage")
            found.insert(0, (EVERYTHING, everything))
        return [*found, (OWN, _("My own work"))]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("period") != Period.DATES:
            return data
        first, last = data.get("first"), data.get("last")
        for name, day in (("first", first), ("last", last)):
            if day is None and name not in self.errors:
                self.add_error(name, _("%(label)s: choose a day.") % {"label": self.fields[name].label})
            elif day and not 1990 <= day.year <= 2999:
                self.add_error(name, _("%(label)s: choose a year from 1990 on.") % {"label": self.fields[name].label})
        if first and last and not self.errors:
            if last < first:
                self.add_error(
                    "last", _("Last day: choose one that is not before %(day)s.") % {"day": plain_day(first)}
                )
            elif (last - first).days >= LONGEST:
                self.add_error("last", _("Last day: choose one at most five years after the first."))
        return data

    def parameters(self) -> dict[str, Any]:
        """What is kept with the report: plain texts; without a choice of rows the report's only one."""
        names = ("about", "by", "period", *self.report.choices)
        kept = {name: str(self.cleaned_data[name]) for name in names if name in self.cleaned_data}
        kept.setdefault("by", str(self.report.bys[0]))
        if kept.get("period") == Period.DATES:
            kept |= {name: self.cleaned_data[name].isoformat() for name in ("first", "last")}
        return kept


class ScheduleForm(AskForm, SentToForm):
    """The parameters of a report with when and to whom."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=Schedule.Every, initial=Schedule.Every.MONTH)
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Weekday"),
        choices=WEEKDAYS,
        coerce=int,
        initial=0,
        help_text=gettext_lazy("For every week."),
    )
    day = forms.IntegerField(
        label=gettext_lazy("Day of the month"),
        min_value=1,
        max_value=31,
        initial=1,
        help_text=gettext_lazy("For every month. In a shorter month its last day."),
        widget=forms.NumberInput(attrs={"class": "w-num"}),
    )
    at = forms.TimeField(
        label=pgettext_lazy("of a day", "Time"),
        initial=dt.time(7),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "w-code"}),
    )

    field_order = ["name", "about", "by", "period"]

    def __init__(self, data: Any = None, *, user: User, report: Report, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, user=user, report=report, initial=initial)
        for name in ("first", "last"):
            self.fields.pop(name, None)
        if "period" in self.fields:
            moving = [choice for choice in Period.choices if choice[0] != Period.DATES]
            self.fields["period"].choices = moving  # type: ignore[attr-defined]
        last = ("every", "weekday", "day", "at", "find", "recipients")
        self.order_fields([*(name for name in self.fields if name not in last), *last])

    def store_into(self, schedule: Schedule) -> Schedule:
        """Put what was typed into a schedule that is not saved yet."""
        schedule.report, schedule.parameters = self.report.name, self.parameters()
        for name in ("name", "every", "weekday", "day", "at"):
            setattr(schedule, name, self.cleaned_data[name])
        return schedule
