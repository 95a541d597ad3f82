"""Forms of the import of tasks: the file, what its columns mean, one row put right."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.refusals import Refused
from organization.forms import zones
from organization.forms_frame import Part, PlainForm
from organization.models import Department, Site
from records.models import RunReject
from records.reading import REST, Record
from tasks.importing import matching
from tasks.importing.mapping import COLUMNS, DATES, NAMES, NEEDED, Mapping, Named, check_use, read_mapping
from tasks.models import ImportFile, ImportMapping, Procedure

MOST_NAMES = 60  # of the file that are asked about; more are told by the saved mapping
SHOWN = 40  # characters of an example
HALF: Any = {"class": "w-half"}
LABELS: dict[str, Any] = {
    "external_reference": gettext_lazy("What it is known by"),
    "title": gettext_lazy("Title"),
    "text": gettext_lazy("Text"),
    "person": gettext_lazy("Who did it"),
    "opened_at": gettext_lazy("Opened"),
    "done_at": gettext_lazy("Done"),
    "due_at": gettext_lazy("Due"),
    "subject_reference": gettext_lazy("What it is about"),
}
HELP: dict[str, Any] = {
    "external_reference": gettext_lazy("Another in each row; by it a second import of the file changes nothing."),
    "subject_reference": gettext_lazy("A number of a case or file."),
    "opened_at": gettext_lazy("Empty: when it was done, else now."),
    "done_at": gettext_lazy("Rows without it come in open."),
}
WAYS = (
    ("", gettext_lazy("Finished work with its history: opened, claimed and completed by who did it, when they did it")),
    ("open", gettext_lazy("All of it as open work that nobody has yet, due at its deadline")),
)
DATE_WAYS = (
    (DATES[0], gettext_lazy("2025-03-31 or 2025-03-31 14:05")),
    (DATES[1], gettext_lazy("31.3.2025 or 31.3.2025 14:05")),
    (DATES[2], gettext_lazy("3/31/2025 or 3/31/2025 2:05 PM")),
)


class FileForm(PlainForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # said in the words of the import
        help_text=gettext_lazy("CSV or XLSX with one piece of work in each row. Nothing comes in yet."),
        widget=forms.FileInput(attrs={"class": "w-half", "accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )
    like = forms.ModelChoiceField(
        label=gettext_lazy("What its columns mean"),
        queryset=ImportMapping.objects.none(),
        required=False,
        empty_label=gettext_lazy("Guess it by their names"),
        help_text=gettext_lazy("Choices that were saved, or a guess. You see them next."),
        widget=forms.Select(attrs=HALF),
    )
    parts = (Part(gettext_lazy("The file"), "file", "like"),)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.fields["like"].queryset = ImportMapping.objects.order_by("folded_name")  # type: ignore[attr-defined]


class ChoicesForm(PlainForm):
    """What the columns of a file mean. `mapping` is the JSON of it, once the form is valid; one validator with the
    command's (`read_mapping`). `columns` and `sample` are the file's.
    """

    def __init__(self, data: Any = None, *, row: ImportFile, columns: list[str], sheets: list[str],
                 sample: list[Record], mapping: dict[str, Any]) -> None:  # fmt: skip
        super().__init__(data)
        self.sample, self.file = sample, row
        self.columns = [("", _("– not in the file –")), *((one, self._told(one)) for one in columns)]
        self.initial |= self._initial(mapping) | {"sheet": row.sheet, "way": "open" if row.open_all else ""}
        self.initial["create_missing"] = row.create_missing
        for key in COLUMNS:
            self._add_column(key, LABELS[key], HELP.get(key, ""))
            self.fields[key].required = key in NEEDED
        for key, label in zip(NAMES, (_("Procedure"), _("Department")), strict=True):
            self._add_named(key, label)
        self._add_others(columns, sheets)
        asked = [pair for key in NAMES for pair in self._add_values(key)]
        self.parts = self._parts(asked, sheets)
        self.prepare()

    def _told(self, column: str) -> str:
        """A column with an example."""
        example = next((text for one in self.sample if (text := one.cells.get(column, "").strip())), "")
        shown = example[:SHOWN] + "…" * (len(example) > SHOWN)
        return _("%(column)s (%(example)s)") % {"column": column, "example": shown} if shown else column

    def _initial(self, mapping: dict[str, Any]) -> dict[str, Any]:
        found = {key: mapping.get(key, "") for key in (*COLUMNS, "source", "site", "time_zone", "labels")}
        found["dates"] = mapping.get("dates", DATES[0])
        for key in NAMES:
            said = mapping.get(key, "")
            said = said if isinstance(said, dict) else {"column": said}
            empty = [one for one in said.get("empty", []) if one.strip()]
            found |= {
                key: said.get("column", ""),
                f"{key}_else": said.get("else", ""),
                f"{key}_empty": "\n".join(empty),
            }
            found |= {f"{key}_default": said.get("default", ""), f"{key}_values": said.get("values", {})}
        return found

    def _add_column(self, name: str, label: Any, words: Any = "") -> None:
        widget = forms.Select(attrs=HALF)
        self.fields[name] = forms.ChoiceField(
            label=label, choices=self.columns, required=False, help_text=words, widget=widget
        )

    def _add_named(self, key: str, label: str) -> None:
        rows: Any = {"procedure": Procedure, "department": Department}[key]
        known = list(rows.objects.filter(is_active=True).order_by("folded_name").values_list("name", flat=True))
        default = self.initial[f"{key}_default"]
        self.known = getattr(self, "known", {}) | {key: known}
        self._add_column(key, label)
        self.fields[f"{key}_empty"] = forms.CharField(
            label=_("Values that mean nothing"),
            required=False,
            help_text=_("One a line, as EMPTY or n/a."),
            widget=forms.Textarea(attrs={"rows": 2, "class": "w-half"}),
        )
        self._add_column(f"{key}_else", _("Then it stands in"))
        self.fields[f"{key}_default"] = forms.ChoiceField(
            label=_("If that says nothing either"),
            required=False,
            choices=[("", _("Keep the row aside")), *((one, one) for one in [*known, *self._beside(default, known)])],
            widget=forms.Select(attrs=HALF),
        )

    @staticmethod
    def _beside(name: str, known: list[str]) -> list[str]:
        """A name that is chosen and not in use here (yet): it stays a choice."""
        return [name] if name and name not in known else []

    def _add_others(self, columns: list[str], sheets: list[str]) -> None:
        self._add_origin(columns)
        self._add_way()
        self.fields["save_as"] = forms.CharField(
            label=_("Save these choices as"),
            required=False,
            max_length=80,
            help_text=_("To use them again. What is saved under the same name is replaced."),
            widget=forms.TextInput(attrs=HALF | {"autocomplete": "off"}),
        )
        if len(sheets) > 1:
            choices = [(one, one) for one in sheets]
            self.fields["sheet"] = forms.ChoiceField(label=_("Sheet"), choices=choices, widget=forms.Select(attrs=HALF))

    def _add_origin(self, columns: list[str]) -> None:
        """Where the rows are from and how they are written."""
        self.fields |= {
            "labels": forms.MultipleChoiceField(
                label=_("Labels"),
                required=False,
                choices=[(one, one) for one in columns],
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Each value of these columns becomes a label."),
            ),
            "source": forms.CharField(
                label=_("What this origin is called"),
                max_length=60,
                help_text=_(
                    "Rows are known again, and names remembered, by origin. Use the same for the same register."
                ),
                widget=forms.TextInput(attrs=HALF | {"autocomplete": "off"}),
            ),
            "dates": forms.ChoiceField(label=_("How dates are written"), choices=DATE_WAYS, widget=forms.RadioSelect),
            "time_zone": forms.ChoiceField(
                label=_("Time zone"),
                choices=[("", _("That of the office")), *zones()],
                required=False,
                help_text=_("Of times without an offset, and of what is made."),
                widget=forms.Select(attrs=HALF),
            ),
        }

    def _add_way(self) -> None:
        """As what the rows come in, and what may be made for them."""
        sites = list(Site.objects.order_by("folded_name").values_list("name", flat=True))
        sites += self._beside(self.initial["site"], sites)
        self.fields |= {
            "way": forms.ChoiceField(
                label=_("How it comes in"), choices=WAYS, required=False, widget=forms.RadioSelect
            ),
            "create_missing": forms.BooleanField(
                label=_("Make the people, departments and procedures that are missing"),
                required=False,
                help_text=_("Else rows that name somebody unknown are kept aside. People get no password."),
            ),
            "site": forms.ChoiceField(
                label=_("Site of departments that are made"),
                required=False,
                choices=[("", _("None")), *((one, one) for one in sites)],
                widget=forms.Select(attrs=HALF),
            ),
        }

    def _add_values(self, key: str) -> list[tuple[str, str]]:
        """A field for each name of the file that nobody here knows, or that means something else here."""
        told: dict[str, str] = self.initial[f"{key}_values"]
        names = [*told, *(one for one in self._unknown(key) if one not in told)][:MOST_NAMES]
        if self.is_bound:  # what was asked about before is still asked about, in the same order
            sent = [self.data.get(f"{key}_said_{number}", "") for number in range(MOST_NAMES)]
            names = [one for one in sent if one] or names
        pairs = []
        for number, name in enumerate(names):
            said, means = f"{key}_said_{number}", f"{key}_means_{number}"
            chosen = told.get(name, "")
            choices = [*self.known[key], *self._beside(chosen, self.known[key])]
            self.fields[said] = forms.CharField(widget=forms.HiddenInput, required=False, initial=name)
            self.fields[means] = forms.ChoiceField(
                label=_("“%(name)s” is") % {"name": name},
                required=False,
                choices=[("", _("called so here too")), *((one, one) for one in choices)],
                widget=forms.Select(attrs=HALF),
            )
            self.initial |= {said: name, means: chosen}
            pairs.append((said, means))
        return pairs

    def _unknown(self, key: str) -> list[str]:
        """Names of the first rows that match nothing here."""
        where = Named(
            self._value(key),
            frozenset(self._value(f"{key}_empty").splitlines()) | {""},
            self._value(f"{key}_else"),
        )
        said = (
            where.means(one.cells.get(where.column, "").strip(), one.cells.get(where.otherwise, "").strip())
            for one in self.sample
        )
        names = list(dict.fromkeys(one for one in said if one and len(one) <= 120 and "\0" not in one))
        if key == "department":
            found = matching.find_departments(self._value("source")[:60], names)
        else:
            found = matching.find_procedures(names)
        return list(islice((one for one in names if found[one].pk is None), MOST_NAMES))

    def _value(self, name: str) -> str:
        value = self.data.get(name) if self.is_bound else self.initial.get(name)
        return str(value or "").replace("\0", "")

    def _parts(self, asked: list[tuple[str, str]], sheets: list[str]) -> tuple[Part, ...]:
        first = ("sheet",) if len(sheets) > 1 else ()
        columns = [key for key in COLUMNS if key not in {"opened_at", "done_at", "due_at"}]
        lead = _("The column of the file beside each field of a task. The value in brackets is from the file.")
        parts = [
            Part(_("What the columns mean"), *first, *columns, "labels", lead=lead),
            Part(_("When"), "opened_at", "done_at", "due_at", "dates", "time_zone"),
        ]
        for key, label, words in (
            ("department", _("Department"), _("Who the work is for.")),
            ("procedure", _("Procedure"), _("How the work is done. It may be the column of the title.")),
        ):
            pairs = [name for pair in asked if pair[0].startswith(key) for name in pair]
            names = [key, f"{key}_empty", f"{key}_else", f"{key}_default", *pairs]
            parts.append(Part(label, *names, lead=words, name=f"named-{key}"))
        whole = Part(_("How it comes in"), "way", "create_missing", "site", "source")
        return (*parts, whole, Part(_("Use again"), "save_as"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.mapping = self._as_json(data)
        try:
            understood: Mapping = read_mapping(self.mapping)
            check_use(understood, open_all=data.get("way") == "open", create_missing=bool(data.get("create_missing")))
        except Refused as refused:
            self._wrong(refused)
        return data

    def _as_json(self, data: dict[str, Any]) -> dict[str, Any]:
        plain = ("source", "site", "time_zone", *COLUMNS)
        found: dict[str, Any] = {key: data[key] for key in plain if data.get(key)}
        if data.get("dates", DATES[0]) != DATES[0]:
            found["dates"] = data["dates"]
        if data.get("labels"):
            found["labels"] = list(data["labels"])
        return found | {key: said for key in NAMES if (said := self._named(key, data))}

    def _named(self, key: str, data: dict[str, Any]) -> Any:
        empty = [one.strip() for one in data.get(f"{key}_empty", "").splitlines() if one.strip()]
        pairs = [(f"{key}_said_{number}", f"{key}_means_{number}") for number in range(MOST_NAMES)]
        values = {data[said]: data[means] for said, means in pairs if data.get(said) and data.get(means)}
        said: dict[str, Any] = {"column": data.get(key, "")}
        said |= {"empty": [*empty, ""]} if empty else {}
        said |= {"else": data.get(f"{key}_else", ""), "default": data.get(f"{key}_default", ""), "values": values}
        said = {name: value for name, value in said.items() if value}
        return said["column"] if list(said) == ["column"] else said

    def _wrong(self, refused: Refused) -> None:
        """Put what the mapping lacks to the field that asks for it."""
        key, _dot, rest = (refused.field or "").partition("[")[0].partition(".")
        name = f"{key}_{rest.partition('.')[0]}" if rest and rest != "column" else key
        name = name if name in self.fields else key
        if name in self.errors:
            return
        missing = name in self.fields and not self.data.get(name)
        words = _("Choose it: an import like this needs it.") if missing else str(refused.sentence)
        self.add_error(name if name in self.fields else None, words)


class RowForm(PlainForm):
    """The values of a row kept aside, by the columns of its file; what the mapping uses comes first."""

    def __init__(self, data: Any = None, *, reject: RunReject) -> None:
        super().__init__(data)
        told = reject.run.parameters
        used = dict.fromkeys(column for _key, column in read_mapping(told["mapping"]).columns())
        self.columns = [*used, *(one for one in told["columns"] if one not in used)]
        wrong = self.columns.index(reject.column) if reject.column in self.columns else -1
        for number, column in enumerate(self.columns):
            value = reject.row.get(column, "")
            attrs: dict[str, Any] = {"autocomplete": "off"} | ({"autofocus": True} if number == wrong else {})
            widget: Any = forms.Textarea(attrs=attrs | {"rows": 3}) if "\n" in value or len(value) > 100 else None
            self.fields[f"cell_{number}"] = forms.CharField(
                label=column, required=False, strip=False, widget=widget or forms.TextInput(attrs=attrs)
            )
            self.initial[f"cell_{number}"] = value
        names = [f"cell_{number}" for number in range(len(self.columns))]
        first, rest = names[: len(used)], names[len(used) :]
        self.parts = (Part(_("What comes in"), *first, name="used"),)
        if rest:
            self.parts += (Part(_("The rest of the row"), *rest, lead=_("Nothing of it comes in."), name="rest"),)
        self.prepare()

    @property
    def row(self) -> dict[str, str]:
        """The values by column; what did not fit the header is gone once the row is put right."""
        return {one: self.cleaned_data[f"cell_{number}"] for number, one in enumerate(self.columns)} | {REST: ""}
