"""Forms of the changes of many tasks at once. They check shape; rights, moves and the gate are asked for each task."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from organization.models import Department, User
from tasks.bulk import MOST
from tasks.forms import MOST_PEOPLE, date_field, time_field
from tasks.states import Priority, WaitReason


class TaskNumbers(forms.Field):
    """Numbers of tasks, as boxes of the same name send them."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        texts = list(dict.fromkeys(value or []))
        if len(texts) > MOST:
            raise forms.ValidationError(_("Choose %(most)s tasks at the most."), params={"most": MOST})
        if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts):
            raise forms.ValidationError(_("Choose tasks from the list."))
        return [int(text) for text in texts]


class BulkForm(forms.Form):
    """The chosen tasks."""

    task = TaskNumbers(error_messages={"required": _("Choose at least one task.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", auto_id="b-%s", **kwargs)


class MoveForm(BulkForm):
    """`people` are those who may get them."""

    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Move to"),
        error_messages={
            "required": _("Choose who gets them."),
            "invalid_choice": _("Choose somebody of this department."),
        },
    )
    override = forms.CharField(label=_("Reason"), required=False, max_length=2000)

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = User.objects.filter(pk__in=[person.pk for person in people])
        self.fields["to"].queryset = chosen  # type: ignore[attr-defined]


class ReleaseForm(BulkForm):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=2000)


class CancelForm(BulkForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, error_messages={"required": _("Say why: a reason is needed.")}
    )


class GiveForm(BulkForm):
    """Who gets the chosen work: somebody found by name among the people of `places` (departments by number), or nobody.

    That it is nobody's any more is a choice of its own: an empty one is a question left open, never "no change". Drawn
    as the person of a task is (`tasks/_person_field.html`): `candidates` are those who are shown.
    """

    NOBODY = "nobody"
    mark, nobody = "b-", True
    to_name = forms.CharField(label=_("Name"), required=False, max_length=100)
    override = forms.CharField(
        label=_("All the same, because"),
        required=False,
        max_length=2000,
        help_text=_("Needed when a cap, an absence or a missing qualification stands in the way."),
    )

    def __init__(self, *args: Any, places: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = sorted(places)
        self.chosen = str(self.data.get("to", "")) if self.is_bound else ""
        self.candidates: list[User] = [] if self.is_bound else self._found("")
        self.more = len(self.candidates) > MOST_PEOPLE
        self.candidates = self.candidates[:MOST_PEOPLE]

    def _found(self, name: str) -> list[User]:
        """One more than are shown."""
        people = User.objects.members_of(self.places).distinct()
        people = people.named(name) if name else people
        return list(people.order_by("folded_name", "pk")[: MOST_PEOPLE + 1])

    def clean(self) -> dict[str, Any]:
        """`to` is the person, None for nobody."""
        data = super().clean() or {}
        name = data.get("to_name", "").strip()
        if self.chosen == self.NOBODY and not name:
            return data | {"to": None}
        if self.chosen not in {"", self.NOBODY}:
            data["to"] = self._numbered()
            if data["to"] is None:
                self.add_error("to_name", _("Choose somebody of these departments."))
            return data
        found = self._found(name)
        self.candidates, self.more = found[:MOST_PEOPLE], len(found) > MOST_PEOPLE
        if self.chosen == self.NOBODY:
            self.chosen = ""
            self.add_error("to_name", _("Name: choose a person or nobody, not both."))
        elif not name:
            self.add_error("to_name", _("Choose who gets them."))
        elif not found:
            self.add_error("to_name", _("Name: nobody there is called that. Try the beginning of a name."))
        elif len(found) > 1:
            self.add_error("to_name", _("Name: choose one of the people shown."))
        else:
            data["to"] = found[0]
        return data

    def _numbered(self) -> User | None:
        """Who was chosen among those shown; they stay shown."""
        number = self.chosen if self.chosen.isascii() and self.chosen.isdigit() and len(self.chosen) < 19 else "0"
        person: User | None = User.objects.members_of(self.places).filter(pk=int(number)).first()
        self.candidates = [person] if person else self._found("")[:MOST_PEOPLE]
        return person


class HandOffForm(BulkForm):
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), empty_label=_("Choose a department")
    )
    reason = forms.CharField(label=_("Reason"), max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Department.objects.active().order_by("folded_name", "pk")
        self.fields["department"].queryset = places  # type: ignore[attr-defined]


class WaitForm(BulkForm):
    kind = forms.ChoiceField(
        label=_("What they wait for"),
        choices=lambda: [(value, capfirst(label)) for value, label in WaitReason.choices],
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
    until_day = date_field(_("Until"), help_text=_("They come back by themselves. Empty: until somebody resumes them."))
    until_time = time_field(_("At"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("until_time") and not data.get("until_day") and "until_day" not in self.errors:
            self.add_error("until_day", _("Until: choose the day as well."))
        return data


class PriorityForm(BulkForm):
    priority = forms.TypedChoiceField(label=_("Priority"), choices=Priority.choices, coerce=int, initial=Priority.HIGH)


class LabelForm(BulkForm):
    label = forms.CharField(label=_("Label"), max_length=60)

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        if "," in label:
            raise forms.ValidationError(_("Write one label, without a comma."))
        return label
