"""Forms of the verbs: they check the shape of what was typed, the verb decides whether it can be done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.calendars import today_in
from organization.models import Department, User
from tasks.clocks import begin_of
from tasks.models import Task
from tasks.rules import is_manager
from tasks.states import Priority, WaitReason

MOST_PEOPLE, MOST_PLACES = 20, 500


class VerbForm(forms.Form):
    """A form about one task, filled in by one person. `lead` says in a sentence what will happen."""

    lead: Any = ""

    def __init__(self, *args: Any, task: Task, actor: User, **kwargs: Any) -> None:
        self.task, self.actor = task, actor
        super().__init__(*args, label_suffix="", prefix=None, **kwargs)
        self.auto_id = "f-%s"

    @property
    def multipart(self) -> bool:
        return self.is_multipart()


class LinesField(forms.CharField):
    """Text of several lines; browsers and scripts send different line ends, one is kept."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ReasonForm(VerbForm):
    reason = LinesField(label=gettext_lazy("Reason"), max_length=2000, widget=_text(2))


class GlassForm(ReasonForm):
    """Why somebody must read a confidential task."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = gettext_lazy(
            "You can read it for one hour. That you do, and why, stands in its history and in the audit; its owner and "
            "the managers of its department are told at once."
        )


def date_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "w-date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, input_formats=["%Y-%m-%d"], **options)


def time_field(label: Any, **options: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time", "class": "w-date"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget, **options)


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    """That moment in the reader's zone."""
    return dt.datetime.combine(day, time, timezone.get_current_timezone())


class WaitForm(VerbForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What it waits for"),
        choices=lambda: [(value, capfirst(label)) for value, label in WaitReason.choices],
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    until_day = date_field(
        gettext_lazy("Until"), help_text=gettext_lazy("It comes back by itself. Empty: until somebody resumes it.")
    )
    until_time = time_field(gettext_lazy("At"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, time = data.get("until_day"), data.get("until_time")
        data["until"] = None
        if time and not day and not self.errors.get("until_day"):
            self.add_error("until_day", _("Until: choose the day as well."))
        elif day:
            data["until"] = begin_of(self.task.department, day, time)
            if data["until"] <= timezone.now():
                self.add_error("until_day", _("Until: choose a time ahead."))
        return data


class HandOffForm(VerbForm):
    department = forms.ModelChoiceField(
        Department.objects.none(), label=gettext_lazy("Department"), empty_label=gettext_lazy("Choose a department")
    )
    reason = LinesField(label=gettext_lazy("Reason"), max_length=2000, widget=_text(2))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = self.task.procedure.departments.values("pk")
        places = Department.objects.active().exclude(pk=self.task.department_id)
        if self.task.procedure.departments.exists():
            places = places.filter(pk__in=named)
        self.fields["department"].queryset = places.order_by("folded_name", "pk")  # type: ignore[attr-defined]


class PersonMixin(VerbForm):
    """Choosing one of the department's people: by a name typed, or among the few that are shown (`candidates`)."""

    mark = ""  # before the ids of its list
    to_name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = [self.task.department_id]
        self.chosen = str(self.data.get("to", "")) if self.is_bound else ""
        self.candidates: list[User] = [] if self.is_bound else self.members("")

    def members(self, name: str) -> list[User]:
        """People of the department today, at most twenty, those whose name matches when there is one."""
        day = today_in(self.task.department, timezone.now())
        people = User.objects.members_of([self.task.department_id], day).distinct()
        people = people.named(name) if name else people
        if self.task.assignee_id:
            people = people.exclude(pk=self.task.assignee_id)
        return list(people.order_by("folded_name", "pk")[: MOST_PEOPLE + 1])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name = data.get("to_name", "")
        if self.chosen.isascii() and self.chosen.isdigit() and len(self.chosen) < 19:
            data["to"] = User.objects.active().filter(pk=int(self.chosen)).first()
            self.candidates = [data["to"]] if data["to"] else self.members("")
            if data["to"] is None:
                self.add_error("to_name", _("Name: choose somebody of the department."))
            return data
        self.candidates = found = self.members(name)
        if name and len(found) == 1:
            data["to"] = found[0]
        elif name and not found:
            self.add_error("to_name", _("Name: nobody there is called that. Try the beginning of a name."))
        else:
            self.add_error("to_name", _("Name: choose one of the people shown."))
        return data


def _override() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("All the same, because"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Needed when a cap, an absence or a missing qualification stands in the way."),
    )


class AssignForm(PersonMixin):
    override = _override()


class TakeOverForm(VerbForm):
    reason = LinesField(label=gettext_lazy("Reason"), max_length=2000, widget=_text(2))
    override = _override()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_manager(self.actor, self.task):
            del self.fields["override"]


class AttachForm(VerbForm):
    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)
    for_requester = forms.BooleanField(label=gettext_lazy("Seen by the requester"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not shares(self.task, self.actor):
            del self.fields["for_requester"]


class CommentForm(VerbForm):
    text = LinesField(label=gettext_lazy("Comment"), max_length=20_000, widget=_text(1))
    for_requester = forms.BooleanField(label=gettext_lazy("Seen by the requester"), required=False)


def shares(task: Task, actor: User) -> bool:
    """Is there a choice who sees a comment or file: somebody inside writes, and somebody else asked for the task?"""
    from tasks.rules import sees_internal

    return bool(task.requester_id) and task.requester_id != actor.pk and sees_internal(actor, task)


class EditForm(VerbForm):
    """Fields of a task. What it showed when it was read travels along, so that only what somebody changed is saved."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    text = LinesField(label=gettext_lazy("Text"), required=False, max_length=50_000, widget=_text(4))
    priority = forms.TypedChoiceField(label=gettext_lazy("Priority"), choices=Priority.choices, coerce=int)
    due_day = date_field(gettext_lazy("Due"), help_text=gettext_lazy("Empty: the procedure’s target decides."))
    due_time = time_field(gettext_lazy("Due at"), help_text=gettext_lazy("Empty: the end of that working day."))
    ready_day = date_field(gettext_lazy("Not before"))
    ready_time = time_field(gettext_lazy("Not before, at"))
    labels = forms.CharField(
        label=gettext_lazy("Labels"), required=False, max_length=1000, help_text=gettext_lazy("Separated by commas.")
    )
    confidential = forms.BooleanField(
        label=gettext_lazy("Confidential"),
        required=False,
        help_text=gettext_lazy("Only its owner, its requester and the managers see what it says."),
    )
    TEXTS = ("title", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**initial_of(self.task), **self.initial}
        if not is_manager(self.actor, self.task):
            for name in list(self.fields):
                if name not in {"revision", *self.TEXTS}:
                    del self.fields[name]
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "revision"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for kind, label in (("due", _("Due")), ("ready", _("Not before"))):
            if data.get(f"{kind}_time") and not data.get(f"{kind}_day") and f"{kind}_day" not in self.errors:
                self.add_error(f"{kind}_day", _("%(label)s: choose the day as well.") % {"label": label})
        data["values"] = self.values(data)
        return data

    def values(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the verb is given: only fields that differ from what the person was shown."""
        changed = set(self.changed_data)
        values = {name: data.get(name) for name in ("title", "text", "priority", "confidential") if name in changed}
        if changed & {"due_day", "due_time"}:
            day, time = data.get("due_day"), data.get("due_time")
            if day and time:
                values["due_at"] = _at(day, time)
            else:
                values["due_on" if day else "due_at"] = day
        if changed & {"ready_day", "ready_time"}:
            day = data.get("ready_day")
            values["ready_at"] = _at(day, data.get("ready_time") or dt.time()) if day else None
        if "labels" in changed:
            values["labels"] = [name.strip() for name in data.get("labels", "").split(",") if name.strip()]
        return values

    def merged(self, fresh: Task) -> dict[str, Any]:
        """Data for the form after a stale save: what this person changed, and the stored state of everything else."""
        stored, changed = initial_of(fresh), set(self.changed_data)
        data: dict[str, Any] = {"revision": fresh.revision}
        for name, field in self.fields.items():
            if name == "revision":
                continue
            theirs = _written(stored[name])
            data[f"initial-{name}"] = theirs
            data[name] = self.data.get(name, "") if name in changed else theirs
            if isinstance(field, forms.BooleanField) and data[name] in {"", "False"}:
                del data[name]
        return data

    def sides(self, fresh: Task) -> list[tuple[Any, str, str]]:
        """Where what is typed differs from what is stored: label, theirs, mine."""
        stored = initial_of(fresh)
        found = []
        for name in (name for name in self.changed_data if name != "revision"):
            mine = self.cleaned_data.get(name) if hasattr(self, "cleaned_data") else self.data.get(name)
            if _written(mine) != _written(stored[name]):
                found.append((self.fields[name].label, _readable(name, stored[name]), _readable(name, mine)))
        return found


def _written(value: Any) -> str:
    """A value as an input holds it."""
    if value is None:
        return ""
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return str(value)


def _readable(name: str, value: Any) -> str:
    if name == "priority":
        return str(Priority(int(value)).label)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return _written(value) or _("(empty)")


def initial_of(task: Task) -> dict[str, Any]:
    """The fields of a task as the edit form shows them, in the reader's zone; a due date stays a date."""
    zone = timezone.get_current_timezone()
    due = task.due_at.astimezone(task.department.site.zone if task.due_is_date else zone)
    ready = task.ready_at.astimezone(zone) if task.ready_at else None
    target = task.due_from_target
    return {
        "revision": task.revision,
        "title": task.title,
        "text": task.text,
        "priority": task.priority,
        "due_day": None if target else due.date(),
        "due_time": None if target or task.due_is_date else due.time().replace(second=0, microsecond=0),
        "ready_day": ready.date() if ready else None,
        "ready_time": ready.time().replace(second=0, microsecond=0) if ready else None,
        "labels": ", ".join(label.name for label in task.labels.all()),
        "confidential": task.confidential,
    }
