"""The form of a working calendar: windows of each day in one line, closures in rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from organization.fields import WindowsField, windows_as_text
from organization.forms_frame import Part, SetUpForm
from organization.models import CalendarClosure, CalendarWindow, OfficeCalendar
from organization.models.calendars import WEEKDAYS

SPARE, MOST = 3, 400
WINDOWS = tuple(f"windows_{number}" for number, _name in WEEKDAYS)


def _row(number: int) -> tuple[str, str, str, str]:
    return f"day_{number}", f"from_{number}", f"to_{number}", f"reason_{number}"


class CalendarForm(SetUpForm):
    """`windows` and `closures` are what the verb takes, once it is valid."""

    rows = forms.IntegerField(required=False, min_value=0, max_value=MOST, widget=forms.HiddenInput)

    class Meta:
        model = OfficeCalendar
        fields = ["name", "observes_holidays"]
        widgets = {"name": forms.TextInput(attrs={"class": "w-half", "autocomplete": "off"})}

    def extend(self) -> None:
        stored = list(self.instance.windows.all()) if self.instance.pk else []
        for (number, words), name in zip(WEEKDAYS, WINDOWS, strict=True):
            self.fields[name] = WindowsField(label=words)
            spans = sorted((one.start, one.end) for one in stored if one.weekday == number)
            self.initial[name] = windows_as_text(spans) if stored or number > 4 else "09:00-17:00"
        closed = list(self.instance.closures.all()) if self.instance.pk else []
        self.count = self._count(len(closed))
        self.initial["rows"] = self.count
        for number in range(self.count):
            self._add_row(number, closed[number] if number < len(closed) else None)
        rows = [_row(number) for number in range(self.count)]
        self.parts = (
            Part(_("Name"), "name", "observes_holidays"),
            Part(
                _("Working hours"),
                *WINDOWS,
                lead=_("As 09:00-12:30, 13:30-17:00; empty for a day without work. Clocks run only inside them."),
            ),
            Part(
                _("Closures"), *rows, lead=_("Days on which nobody works, with times only where it is part of a day.")
            ),
        )

    def _count(self, stored: int) -> int:
        asked = str(self.data.get("rows", "")) if self.is_bound else ""
        known = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
        more = 5 if self.is_bound and "more" in self.data else 0
        return min(max(stored + SPARE, known + more), MOST)

    def _add_row(self, number: int, closed: CalendarClosure | None) -> None:
        day, start, end, reason = _row(number)
        time: Any = {"required": False, "widget": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
        self.fields[day] = forms.DateField(label=_("Day"), required=False)
        self.fields[start] = forms.TimeField(label=_("From"), **time)
        self.fields[end] = forms.TimeField(label=pgettext("end of a span", "To"), **time)
        self.fields[reason] = forms.CharField(label=_("Reason"), required=False, max_length=120)
        if closed:
            self.initial |= {day: closed.day, start: closed.start, end: closed.end, reason: closed.name}

    def with_more_rows(self) -> CalendarForm:
        """The same, not looked at yet, with rows to fill in: what was typed stays."""
        self.data = self.data.copy()
        self.data["rows"] = str(self.count)
        self._errors: Any = forms.utils.ErrorDict()
        return self

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.windows = [
            CalendarWindow(weekday=number, start=start, end=end)
            for (number, _words), name in zip(WEEKDAYS, WINDOWS, strict=True)
            for start, end in data.get(name) or []
        ]
        if not self.windows and not any(name in self.errors for name in WINDOWS):
            self.add_error(WINDOWS[0], _("Give at least one day hours: without any there is no working time."))
        self.closures = [row for number in range(self.count) if (row := self._closure(number, data))]
        return data

    def _closure(self, number: int, data: dict[str, Any]) -> CalendarClosure | None:
        day, start, end, reason = (data.get(name) for name in _row(number))
        if not day:
            if (start or end or reason) and _row(number)[0] not in self.errors:
                self.add_error(_row(number)[0], _("Choose the day as well."))
            return None
        if not self._is_span(start, end):
            self.add_error(
                _row(number)[2], _("Give both times of a part-day closure, the end after the start, or none.")
            )
        return CalendarClosure(day=day, start=start, end=end, name=reason or "")

    @staticmethod
    def _is_span(start: dt.time | None, end: dt.time | None) -> bool:
        return (start is None and end is None) or (start is not None and end is not None and start < end)
