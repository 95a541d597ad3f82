"""Fields the set-up needs: a person by name, hours of a day, windows of a day."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from core.folding import fold
from organization.models import User

NUMBERED = re.compile(r"\(#(\d{1,18})\)\s*$")
FEW = 10


def label_of(person: User | None) -> str:
    """A name that means one person: with the number in brackets."""
    return f"{person.name} (#{person.pk})" if person else ""


class PersonField(forms.CharField):
    """Somebody active by the beginning of their name, chosen among those proposed while one types."""

    def __init__(self, **options: Any) -> None:
        attrs = {
            "class": "w-half",
            "autocomplete": "off",
            "list": "names",
            "hx-get": reverse_lazy("set_up:names"),
            "hx-trigger": "input delay:200ms",
            "hx-target": "#names",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
        }
        super().__init__(max_length=200, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> User | None:  # type: ignore[override]
        """The person; raises ValidationError for nobody and for several."""
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        numbered = NUMBERED.search(text)
        people = User.objects.active()
        if numbered:
            found = list(people.filter(pk=int(numbered[1])))
        else:
            found = list(people.filter(folded_name=fold(text)).order_by("pk")[:FEW])
            found = found or list(people.named(text).order_by("folded_name", "pk")[:FEW])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("Nobody is called %(name)s. Try the beginning of a name."), params={"name": text})
        several = ", ".join(label_of(person) for person in found)
        raise ValidationError(_("Choose one of %(people)s."), params={"people": several})


class HoursField(forms.CharField):
    """Working time of a day as 7:30 or 7.5; gives minutes."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"class": "w-time", "inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=8, required=False, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 60}:{value % 60:02}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int:  # type: ignore[override]
        """Minutes, 0 for nothing. Raises ValidationError for what is no time of a day."""
        text = str(super().clean(value) or "").strip().replace(",", ".")
        clock = re.fullmatch(r"(\d{1,2}):([0-5]?\d)", text)
        try:
            minutes = int(clock[1]) * 60 + int(clock[2]) if clock else round(Decimal(text or 0) * 60)
        except (InvalidOperation, ValueError, OverflowError):
            minutes = -1
        if not 0 <= minutes <= 1440:
            raise ValidationError(_("Write hours as 7:30 or 7.5, up to 24."))
        return minutes


class WindowsField(forms.CharField):
    """Windows of a day as "09:00-12:30, 13:30-17:00"; gives pairs of times, midnight at the end of the day as 00:00."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"class": "w-half", "autocomplete": "off"})
        super().__init__(max_length=200, required=False, widget=widget, **options)

    def clean(self, value: Any) -> list[tuple[dt.time, dt.time]]:  # type: ignore[override]
        """Windows in order. Raises ValidationError for what cannot be read, ends before it starts, or overlaps."""
        found: list[tuple[dt.time, dt.time]] = []
        for part in re.split(r"[,;]", str(super().clean(value) or "")):
            if not part.strip():
                continue
            both = re.fullmatch(r"\s*(\d{1,2})[:.]?(\d{2})?\s*[-–]\s*(\d{1,2})[:.]?(\d{2})?\s*", part)
            numbers = [int(one or 0) for one in both.groups()] if both else [99]
            if numbers[2:] == [24, 0]:
                numbers[2] = 0
            if not both or not (numbers[0] < 24 > numbers[2] and numbers[1] < 60 > numbers[3]):
                raise ValidationError(
                    _("“%(part)s” is no span. Write it as 09:00-12:30."), params={"part": part.strip()}
                )
            start, end = dt.time(*numbers[:2]), dt.time(*numbers[2:])
            if end != dt.time() and end <= start:
                raise ValidationError(_("“%(part)s” ends before it starts."), params={"part": part.strip()})
            found.append((start, end))
        found.sort()
        for (_start, end), (start, _end) in pairwise(found):
            if end == dt.time() or start < end:
                raise ValidationError(_("Two spans overlap. Write them one after the other."))
        return found


def windows_as_text(windows: list[tuple[dt.time, dt.time]]) -> str:
    """The words `WindowsField` reads."""
    return ", ".join(f"{start:%H:%M}-{'24:00' if end == dt.time() else format(end, '%H:%M')}" for start, end in windows)
