"""Forms of procedures: their facts, and the steps of a draft."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.folding import fold
from organization.fields import PersonField, label_of
from organization.forms_frame import Careful, Part, SetUpForm
from organization.models import Department, Qualification
from tasks.models import Label, Procedure, ProcedureVersion, Requirement, Step

SPARE, MOST_STEPS = 2, 100
NUMBERS = ("standard_minutes", "target_minutes", "remind_minutes", "escalate_minutes")


class ProcedureForm(SetUpForm):
    """`requirements` is what the verb takes, once it is valid."""

    owner = PersonField(label=gettext_lazy("Owner"), required=False, help_text=gettext_lazy("Who answers for it."))

    class Meta:
        model = Procedure
        fields = [
            "name", "description", "owner", "departments", *NUMBERS, "default_priority",
            "open_to_requests", "closed_by_subject", "is_active",
        ]  # fmt: skip
        widgets = {
            "name": forms.TextInput(attrs={"class": "w-half", "autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 3}),
            "departments": forms.CheckboxSelectMultiple,
            "default_priority": forms.Select(attrs={"class": "w-half"}),
            **{name: forms.TextInput(attrs={"class": "w-num", "inputmode": "numeric"}) for name in NUMBERS},
        }

    def extend(self) -> None:
        places: Any = self.fields["departments"]
        named = self.instance.departments.values("pk") if self.instance.pk else []
        places.queryset = (Department.objects.active() | Department.objects.filter(pk__in=named)).distinct()
        self.initial["owner"] = label_of(self.instance.owner)
        stored = list(self.instance.requirements.all()) if self.instance.pk else []
        self.rows = len(stored) + SPARE
        skills = [("", _("Nothing")), *Qualification.objects.order_by("folded_name").values_list("pk", "name")]
        for number in range(self.rows):
            row = stored[number] if number < len(stored) else None
            self.fields[f"asks_{number}"] = forms.TypedChoiceField(
                label=_("Qualification"), choices=skills, coerce=int, empty_value=None, required=False
            )
            self.fields[f"level_{number}"] = forms.IntegerField(
                label=_("At least level"),
                required=False,
                min_value=1,
                max_value=10,
                widget=forms.TextInput(attrs={"class": "w-num", "inputmode": "numeric"}),
            )
            self.initial |= {f"asks_{number}": row and row.qualification_id, f"level_{number}": row and row.level}
        asked = [(f"asks_{number}", f"level_{number}") for number in range(self.rows)]
        self.parts = (
            Part(_("What it is"), "name", "description", "owner", "is_active"),
            Part(_("Who does it"), "departments", *asked, lead=_("Only people who hold all of these are given it.")),
            Part(
                _("Time"),
                *NUMBERS,
                "default_priority",
                lead=_("In working minutes. Another standard time or target moves the clocks of its open tasks."),
            ),
            Part(_("How it begins and ends"), "open_to_requests", "closed_by_subject"),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        found: dict[int, Requirement] = {}
        for number in range(self.rows):
            skill = data.get(f"asks_{number}")
            if skill in found:
                self.add_error(f"asks_{number}", _("This qualification is asked for already."))
            elif skill:
                found[skill] = Requirement(qualification_id=skill, level=data.get(f"level_{number}") or 1)
        self.requirements = list(found.values())
        return data


class LabelForm(SetUpForm):
    parts = (Part(gettext_lazy("The label"), "name"),)

    class Meta:
        model = Label
        fields = ["name"]
        widgets = {"name": forms.TextInput(attrs={"class": "w-half", "autocomplete": "off"})}


COLUMNS = ("instruction", "key", "is_mandatory", "minutes", "value_kind", "choices")


def _name(column: str, number: int) -> str:
    return f"{column}_{number}"


class DraftForm(Careful, forms.Form):
    """The steps of a draft in their order. `steps` is what the verb takes, once it is valid.

    A row is moved and removed by buttons that send the form (`arranged`), so it works by keyboard and without script.
    """

    focus: tuple[str, int] = ("", -1)  # the button that was pressed, where it is now

    wants_review = forms.BooleanField(
        label=gettext_lazy("Wants a review"),
        required=False,
        help_text=gettext_lazy("Somebody who was not involved approves the work."),
    )
    rows = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, version: ProcedureVersion) -> None:
        super().__init__(data)
        self.version = version
        stored = list(version.steps.order_by("position"))
        asked = str(self.data.get("rows", ""))
        known = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
        self.count = min(known, MOST_STEPS) if self.is_bound else len(stored) + (0 if stored else 1)
        self.initial |= {"wants_review": version.wants_review, "rows": self.count}
        added = range(len(stored), self.count)
        self.unstored = frozenset(_name(column, number) for number in added for column in COLUMNS)
        for number in range(max(self.count, len(stored))):
            self._add_row(number, stored[number] if number < len(stored) else None)
        self.prepare()
        for number in range(self.count, len(stored)):  # what is stored beyond the rows sent counts for the stamp alone
            for column in COLUMNS:
                del self.fields[_name(column, number)]

    def _add_row(self, number: int, step: Step | None) -> None:
        words: Any = {"autocomplete": "off"}
        fields: dict[str, forms.Field] = {
            "instruction": forms.CharField(
                label=_("Instruction"), required=False, max_length=300, widget=forms.TextInput(attrs=words)
            ),
            "key": forms.SlugField(label=_("Field name"), required=False, max_length=40),
            "is_mandatory": forms.BooleanField(label=_("Mandatory"), required=False),
            "minutes": forms.IntegerField(
                label=_("Minutes"),
                required=False,
                min_value=0,
                max_value=100_000,
                widget=forms.TextInput(attrs={"class": "w-num", "inputmode": "numeric"}),
            ),
            "value_kind": forms.ChoiceField(label=_("Asks for"), required=False, choices=Step.Value.choices),
            "choices": forms.CharField(label=_("Choices (commas)"), required=False, max_length=2000),
        }
        for column, field in fields.items():
            self.fields[_name(column, number)] = field
            value = getattr(step, column) if step else (column == "is_mandatory")
            value = "" if step is None and column != "is_mandatory" else value
            self.initial[_name(column, number)] = ", ".join(value) if isinstance(value, list) else value

    @property
    def step_rows(self) -> list[dict[str, Any]]:
        """The rows to draw: number from one, place, and fields by column."""
        return [
            {"number": number + 1, "at": number, "focus": self.focus[0] if self.focus[1] == number else ""}
            | {column: self[_name(column, number)] for column in COLUMNS}
            for number in range(self.count)
        ]

    def arranged(self, act: str) -> DraftForm:
        """The same, not looked at yet, after "add", "up-2", "down-2" or "remove-2" (places from 0)."""
        rows = [[self.data.get(_name(column, number)) for column in COLUMNS] for number in range(self.count)]
        verb, _dash, place = act.partition("-")
        at = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else -1
        if verb == "add" and len(rows) < MOST_STEPS:
            rows.append(["", "", "on", "", "", ""])
        elif verb == "remove" and 0 <= at < len(rows):
            del rows[at]
        elif verb in {"up", "down"} and 0 <= at < len(rows):
            to = max(0, min(len(rows) - 1, at + (-1 if verb == "up" else 1)))
            rows.insert(to, rows.pop(at))
            at = to
        data = QueryDict(mutable=True)
        data["rows"] = str(len(rows))
        data.update({name: self.data.get(name) for name in ("stamp", "wants_review") if self.data.get(name)})
        for number, row in enumerate(rows):
            data.update({_name(column, number): value for column, value in zip(COLUMNS, row, strict=True) if value})
        form = DraftForm(data, version=self.version)
        form._errors = forms.utils.ErrorDict()
        form.focus = (verb, len(rows) - 1 if verb == "add" else min(at, len(rows) - 1))
        return form

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_stamp(True)
        self.steps: list[Step] = []
        taken: set[str] = set()
        for number in range(self.count):
            values = {column: data.get(_name(column, number)) for column in COLUMNS}
            if values["instruction"]:
                self.steps.append(self._step(number, values, taken))
            elif any(values[column] for column in ("key", "minutes", "value_kind", "choices")):
                self.add_error(_name("instruction", number), _("Say what is to be done, or remove the step."))
        return data

    def _step(self, number: int, values: dict[str, Any], taken: set[str]) -> Step:
        key = values["key"] or _key_of(values["instruction"], taken)
        if key in taken:
            self.add_error(_name("key", number), _("Another step has this field name."))
        taken.add(key)
        choices = [one.strip() for one in (values["choices"] or "").split(",") if one.strip()]
        if values["value_kind"] == Step.Value.CHOICE and not choices:
            self.add_error(_name("choices", number), _("A choice needs at least one choice."))
        if any(len(one) > 100 for one in choices):
            self.add_error(_name("choices", number), _("Shorten each choice to 100 characters."))
        return Step(**values | {"key": key, "choices": choices, "value_kind": values["value_kind"] or ""})


def _key_of(instruction: str, taken: set[str]) -> str:
    """A field name from the words of the instruction that no other step has."""
    stem = slugify(fold(instruction))[:32].strip("-_") or "step"
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
