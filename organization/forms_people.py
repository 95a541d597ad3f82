"""Forms of people: who they are, where they work, what they hold, when they are away."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.fields import HoursField, PersonField, label_of
from organization.forms import zones
from organization.forms_frame import Part, SetUpForm
from organization.models import Absence, Alias, Department, Holding, Membership, Qualification, User
from organization.models.calendars import WEEKDAYS

DAYS = tuple(f"day_{number}" for number, _name in WEEKDAYS)
FULL_DAY = 480


class PersonForm(SetUpForm):
    """Passwords are neither shown nor set here: people set their own."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), help_text=gettext_lazy("Times are shown in it."))
    parts = (
        Part(gettext_lazy("Who it is"), "name", "email", lead=gettext_lazy("Everybody sees the name.")),
        Part(gettext_lazy("Their pages"), "time_zone", "language", lead=gettext_lazy("They may change it themselves.")),
        Part(gettext_lazy("Rights"), "is_admin", lead=gettext_lazy("All other rights come from where they work.")),
    )

    class Meta:
        model = User
        fields = ["name", "email", "time_zone", "language", "is_admin"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "w-half", "autocomplete": "off"}),
            "email": forms.EmailInput(attrs={"class": "w-half", "autocomplete": "off"}),
            "language": forms.Select(attrs={"class": "w-half"}),
        }

    def extend(self) -> None:
        self.fields["time_zone"].choices = zones()  # type: ignore[attr-defined]
        self.fields["time_zone"].widget.attrs["class"] = "w-half"


class MembershipForm(SetUpForm):
    parts = (
        Part(gettext_lazy("Where"), "department", "role"),
        Part(gettext_lazy("From when to when"), ("starts_on", "ends_on")),
        Part(gettext_lazy("How much"), DAYS, "cap", lead=gettext_lazy("Hours for this department on each day.")),
    )

    class Meta:
        model = Membership
        fields = ["department", "role", "starts_on", "ends_on", "cap"]
        widgets = {
            "department": forms.Select(attrs={"class": "w-half"}),
            "role": forms.Select(attrs={"class": "w-half"}),
            "cap": forms.TextInput(attrs={"class": "w-num", "inputmode": "numeric"}),
        }
        help_texts = {
            "role": gettext_lazy("A manager sees and moves the work there and below."),
            "cap": gettext_lazy("Empty: the limit of the department."),
        }

    def extend(self) -> None:
        places = Department.objects.active() | Department.objects.filter(pk=self.instance.department_id)
        field: Any = self.fields["department"]
        field.queryset, field.empty_label = places.order_by("folded_name", "pk"), _("Choose a department")
        stored = self.instance.minutes if self.instance.pk else [FULL_DAY] * 5 + [0, 0]
        for (number, words), name in zip(WEEKDAYS, DAYS, strict=True):
            self.fields[name] = HoursField(label=words)
            self.initial[name] = stored[number]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if all(name in data for name in DAYS):
            self.instance.minutes = [data[name] for name in DAYS]
        return data


class HoldingForm(SetUpForm):
    parts = (
        Part(gettext_lazy("What they hold"), "qualification", "level", "evidence"),
        Part(gettext_lazy("From when to when"), ("valid_from", "valid_until")),
    )

    class Meta:
        model = Holding
        fields = ["qualification", "level", "valid_from", "valid_until", "evidence"]
        widgets = {
            "qualification": forms.Select(attrs={"class": "w-half"}),
            "level": forms.TextInput(attrs={"class": "w-num", "inputmode": "numeric"}),
            "evidence": forms.TextInput(attrs={"class": "w-half"}),
        }
        help_texts = {
            "level": gettext_lazy("From 1 to 10."),
            "evidence": gettext_lazy("Such as the number of the certificate."),
            "valid_until": gettext_lazy("The last day; empty while it goes on."),
        }

    def extend(self) -> None:
        field: Any = self.fields["qualification"]
        field.queryset = Qualification.objects.order_by("folded_name", "pk")
        field.empty_label = _("Choose a qualification")


def _day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, **options)


def _time(label: Any, **options: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "class": "w-date"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget, **options)


class AbsenceForm(SetUpForm):
    """Days and times are those of the person's own zone; without times, whole days."""

    first_day = _day(gettext_lazy("First day"))
    first_time = _time(gettext_lazy("From"), help_text=gettext_lazy("Empty: from the beginning of the day."))
    last_day = _day(gettext_lazy("Last day"))
    last_time = _time(gettext_lazy("Until"), help_text=gettext_lazy("Empty: the whole day."))
    substitute = PersonField(
        label=gettext_lazy("Substitute"),
        required=False,
        help_text=gettext_lazy("Receives work. Who stands in for a manager is a manager there for these days."),
    )
    parts = (
        Part(gettext_lazy("When"), ("first_day", "first_time"), ("last_day", "last_time"), "kind"),
        Part(gettext_lazy("Who stands in"), "substitute"),
    )

    class Meta:
        model = Absence
        fields = ["kind", "substitute"]
        widgets = {"kind": forms.Select(attrs={"class": "w-half"})}

    def extend(self) -> None:
        row = self.instance
        self.zone = zoneinfo.ZoneInfo(row.person.time_zone)
        self.initial["substitute"] = label_of(row.substitute)
        if row.pk:
            start, end = row.starts_at.astimezone(self.zone), row.ends_at.astimezone(self.zone)
            whole = end.time() == dt.time()
            self.initial |= {
                "first_day": start.date(),
                "first_time": start.time() if start.time() != dt.time() else None,
                "last_day": end.date() - dt.timedelta(days=1) if whole else end.date(),
                "last_time": None if whole else end.time(),
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("first_day"), data.get("last_day")
        if not (first and last):
            return data
        if not (2000 <= first.year < 2200 and 2000 <= last.year < 2200):
            self.add_error("first_day", _("Choose days between 2000 and 2200."))
            return data
        one = dt.timedelta(days=0 if data.get("last_time") else 1)
        start = dt.datetime.combine(first, data.get("first_time") or dt.time(), self.zone)
        end = dt.datetime.combine(last + one, data.get("last_time") or dt.time(), self.zone)
        if end <= start:
            self.add_error("last_day", _("The end is not after the start. Choose a later one."))
        else:
            self.instance.starts_at, self.instance.ends_at = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
        return data


class AliasForm(SetUpForm):
    """Whom or what a name of an import means; only the one of the two that it is a name of."""

    person = PersonField(label=gettext_lazy("Person"), help_text=gettext_lazy("The beginning of a name."))
    parts = (
        Part(
            gettext_lazy("What it means"),
            "person",
            "department",
            name="alias",
            lead=gettext_lazy("For imports from now on; what came in stays where it is."),
        ),
    )

    class Meta:
        model = Alias
        fields = ["person", "department"]
        widgets = {"department": forms.Select(attrs={"class": "w-half"})}

    def extend(self) -> None:
        del self.fields["department" if self.instance.kind == "person" else "person"]
        if self.instance.kind == "person":
            self.initial["person"] = label_of(self.instance.person)
            return
        field: Any = self.fields["department"]
        places = Department.objects.active() | Department.objects.filter(pk=self.instance.department_id)
        field.queryset, field.empty_label, field.required = places.order_by("folded_name", "pk"), None, True
