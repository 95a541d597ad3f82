"""The form of a new task. Members and managers of a department say everything, who asks from elsewhere what for."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import fold
from organization.calendars import today_in
from organization.models import Department, User
from tasks.models import Procedure
from tasks.opening import Request
from tasks.rules import is_inside
from tasks.states import Priority

MOST = 500  # departments and procedures to choose from
NUMBERED = re.compile(r"\(#(\d{1,18})\)\s*$")
FULL = ("due_time", "ready_day", "ready_time", "priority", "labels", "confidential", "requester")


def procedures_for(user: Any) -> QuerySet[Procedure]:
    """Procedures one may open tasks of: those of one's departments, and those open to requests."""
    rows = Procedure.objects.visible_to(user).filter(is_active=True, closed_by_subject=False)
    if not (user.is_admin or user.standing.departments):
        rows = rows.filter(open_to_requests=True)
    return rows.filter(versions__stage="published").distinct().order_by("folded_name", "pk")


def departments_for(user: Any, procedure: Procedure | None) -> QuerySet[Department]:
    """Departments where one may open a task of a procedure; without one, where one may open any at all."""
    rows = Department.objects.active().select_related("site", "calendar").order_by("folded_name", "pk")
    if procedure is None or not procedure.open_to_requests:
        rows = rows.worked_by(user)
    named = procedure.departments.values("pk") if procedure else None
    if named is not None and named.exists():
        rows = rows.filter(pk__in=named)
    return rows


def _number(value: Any) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


class NewTaskForm(forms.Form):
    """`chosen` and `place` are the procedure and the department as far as they are known; fields follow from them."""

    procedure = forms.ModelChoiceField(
        Procedure.objects.none(),
        label=gettext_lazy("Procedure"),
        empty_label=gettext_lazy("Choose a procedure"),
        help_text=gettext_lazy("What kind of work it is. Steps, standard time and target come from it."),
    )
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=gettext_lazy("Department"),
        empty_label=gettext_lazy("Choose a department"),
        help_text=gettext_lazy("Where it is done."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("What is to be done, so that it is understood in a list."),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"), required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 5})
    )
    due_day = forms.DateField(
        label=gettext_lazy("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "w-date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=gettext_lazy("Empty: the procedure’s target decides."),
    )
    due_time = forms.TimeField(
        label=gettext_lazy("Due at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "w-date"}, format="%H:%M"),
        help_text=gettext_lazy("Empty: the end of that working day."),
    )
    ready_day = forms.DateField(
        label=gettext_lazy("Not before"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "w-date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=gettext_lazy("Until then it is planned and nobody is given it."),
    )
    ready_time = forms.TimeField(
        label=gettext_lazy("Not before, at"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time", "class": "w-date"}, format="%H:%M"),
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), required=False, coerce=int, empty_value=None, widget=forms.Select
    )
    requester = forms.CharField(
        label=gettext_lazy("Requester"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "requesters"}),
        help_text=gettext_lazy("Who asked for it. They see its state and what is written for them."),
    )
    labels = forms.CharField(
        label=gettext_lazy("Labels"), required=False, max_length=1000, help_text=gettext_lazy("Separated by commas.")
    )
    confidential = forms.BooleanField(
        label=gettext_lazy("Confidential"),
        required=False,
        help_text=gettext_lazy("Only its owner, its requester and the managers see what it says."),
    )

    def __init__(self, data: Any = None, *, user: Any, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        self.user = user
        self.candidates: list[User] = []
        known = self.data if self.is_bound else self.initial
        procedures = procedures_for(user)
        self.chosen = self._chosen(procedures, known.get("procedure"))
        places = departments_for(user, self.chosen)
        self.fields["procedure"].queryset = procedures  # type: ignore[attr-defined]
        self.fields["department"].queryset = places  # type: ignore[attr-defined]
        self.places = list(places[:MOST])
        self.place = self._place(_number(known.get("department")))
        self.inside = is_inside(user, self.place.pk if self.place else None)
        self._shape()

    def _chosen(self, procedures: QuerySet[Procedure], value: Any) -> Procedure | None:
        wanted = _number(value)
        return procedures.filter(pk=wanted).first() if wanted else None

    def _place(self, wanted: int | None) -> Department | None:
        """The department that was chosen, or the only one there is."""
        found = next((place for place in self.places if place.pk == wanted), None)
        if found is None and not self.is_bound and self.chosen and len(self.places) == 1:
            found = self.places[0]
            self.initial["department"] = found.pk
        return found

    def _shape(self) -> None:
        """Groups of departments, words of the procedure's own values, and only the fields this person may fill."""
        mine = [place for place in self.places if is_inside(self.user, place.pk)]
        others = [place for place in self.places if place not in mine]
        empty = ("", gettext_lazy("Choose a department"))
        groups = [
            (_("My departments"), [(place.pk, place.name) for place in mine]),
            (_("Ask another department"), [(place.pk, place.name) for place in others]),
        ]
        choices = [pair for _name, pairs in groups for pair in pairs] if not (mine and others) else groups
        self.fields["department"].choices = [empty, *choices]  # type: ignore[attr-defined]
        as_usual = ("", gettext_lazy("As the procedure has it"))
        self.fields["priority"].choices = [as_usual, *Priority.choices]  # type: ignore[attr-defined]
        if not self.inside:
            for name in FULL:
                del self.fields[name]
            self.fields["due_day"].label = _("Wanted by")
            self.fields["due_day"].help_text = _("Empty: whenever it is usual.")

    def clean_requester(self) -> User | None:
        """The person behind a typed name; a number in brackets tells people of the same name apart."""
        text = str(self.cleaned_data["requester"]).strip()
        if not text:
            return None
        numbered = NUMBERED.search(text)
        people = User.objects.active()
        if numbered:
            self.candidates = list(people.filter(pk=int(numbered[1])))
        else:
            self.candidates = list(people.filter(folded_name=fold(text)).order_by("pk")[:10])
            if not self.candidates:
                self.candidates = list(people.named(text).order_by("folded_name", "pk")[:10])
        if len(self.candidates) == 1:
            return self.candidates[0]
        if not self.candidates:
            raise forms.ValidationError(
                _("Requester: nobody is called %(name)s. Try the beginning of a name."), params={"name": text}
            )
        shown = ", ".join(named(person, self.candidates) for person in self.candidates)
        raise forms.ValidationError(_("Requester: choose one of %(people)s."), params={"people": shown})

    def clean_labels(self) -> tuple[str, ...]:
        names = [name.strip() for name in self.cleaned_data["labels"].split(",") if name.strip()]
        if any(len(name) > 60 for name in names):
            raise forms.ValidationError(_("Labels: shorten each label to 60 characters."))
        return tuple(names)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for kind, label in (("due", _("Due")), ("ready", _("Not before"))):
            if data.get(f"{kind}_time") and not data.get(f"{kind}_day") and f"{kind}_day" not in self.errors:
                self.add_error(f"{kind}_day", _("%(label)s: choose the day as well.") % {"label": label})
        due, ready = data.get("due_day"), data.get("ready_day")
        if due and ready and ready > due:
            self.add_error("ready_day", _("Not before: choose a day that is not after the due one."))
        if due and not self.inside and self.place and due < today_in(self.place, timezone.now()):
            self.add_error("due_day", _("Wanted by: choose today or a later day."))
        return data

    def request(self) -> Request:
        """What was asked for, ready for `open_task`. Who asks from elsewhere is the requester."""
        data = self.cleaned_data
        day, time, ready = data.get("due_day"), data.get("due_time"), data.get("ready_day")
        return Request(
            title=data["title"],
            text=data["text"].replace("\r\n", "\n"),
            priority=data.get("priority"),
            due_at=_at(day, time) if day and time else None,
            due_on=day if day and not time else None,
            ready_at=_at(ready, data.get("ready_time") or dt.time()) if ready else None,
            confidential=data.get("confidential", False),
            labels=data.get("labels", ()),
            requester=data.get("requester") if self.inside else self.user,
        )


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    """That moment in the reader's zone."""
    return dt.datetime.combine(day, time, timezone.get_current_timezone())


def named(person: User, among: list[User]) -> str:
    """A name that means one person: with their number where somebody else is called the same."""
    same = [other for other in among if other.folded_name == person.folded_name]
    return person.name if len(same) < 2 else f"{person.name} (#{person.pk})"


def requesters(name: str) -> list[tuple[User, str]]:
    """At most ten active people whose name begins so, each with a name that means one person. One statement."""
    if len(fold(name)) < 2:
        return []
    found = list(User.objects.active().named(name).order_by("folded_name", "pk")[:10])
    return [(person, named(person, found)) for person in found]
