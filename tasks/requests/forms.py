"""Forms of who asks for something."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from organization.calendars import today_in
from organization.models import Department, User
from tasks.forms import LinesField
from tasks.forms_new import departments_for
from tasks.models import Procedure, Rating
from tasks.opening import Request


class AskForm(forms.Form):
    """Asking for something of one procedure; the department is asked for only where there is a choice."""

    title = forms.CharField(
        label=gettext_lazy("What do you need?"),
        max_length=200,
        help_text=gettext_lazy("In a few words, so that it is understood in a list."),
    )
    text = LinesField(
        label=gettext_lazy("More about it"), required=False, max_length=50_000, widget=forms.Textarea({"rows": 5})
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=gettext_lazy("Who does it"), empty_label=gettext_lazy("Choose a department")
    )
    wanted_on = forms.DateField(
        label=gettext_lazy("Wanted on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "w-date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=gettext_lazy("Empty: as soon as its turn comes."),
    )
    file = forms.FileField(label=gettext_lazy("File"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, user: User, procedure: Procedure) -> None:
        super().__init__(data, files, label_suffix="")
        self.user = user
        places = departments_for(user, procedure)
        self.only = places[0] if len(places[:2]) == 1 else None
        if self.only:
            del self.fields["department"]
        else:
            self.fields["department"].queryset = places  # type: ignore[attr-defined]

    @property
    def place(self) -> Department:
        """The department that does it."""
        found: Department = self.only or self.cleaned_data["department"]
        return found

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        day: dt.date | None = values.get("wanted_on")
        if day and (self.only or values.get("department")) and day < today_in(self.place, clock.now()):
            self.add_error("wanted_on", _("Choose a day that has not passed."))
        return values

    def request(self) -> Request:
        """What is asked for."""
        values = self.cleaned_data
        return Request(title=values["title"], text=values["text"], due_on=values["wanted_on"], requester=self.user)


class AnswerForm(forms.Form):
    text = LinesField(label=gettext_lazy("Your answer"), max_length=20_000, widget=forms.Textarea({"rows": 3}))
    file = forms.FileField(label=gettext_lazy("File"), required=False)

    def __init__(self, data: Any = None, files: Any = None, *, asked: bool = False) -> None:
        super().__init__(data, files, label_suffix="", auto_id="answer-%s")
        if not asked:
            self.fields["text"].label = _("Write to the people working on it")


class ReasonForm(forms.Form):
    reason = LinesField(label=gettext_lazy("Why"), max_length=2000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, data: Any = None, *, name: str) -> None:
        super().__init__(data, label_suffix="", auto_id=f"{name}-%s")


class RateForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=gettext_lazy("How was it?"), choices=Rating.Stars.choices, coerce=int, widget=forms.RadioSelect
    )
    word = LinesField(
        label=gettext_lazy("A word on it"), required=False, max_length=500, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, label_suffix="", auto_id="rate-%s")
