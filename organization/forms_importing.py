"""Forms of the import of people and departments: the file, one row put right, and many of them in a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from organization.forms_frame import Part, PlainForm
from organization.importing.sheets import KINDS
from records.models import RunReject

LONGEST = 2000


class FileForm(PlainForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What is in it"),
        choices=[(kind.key, kind.label) for kind in KINDS.values()],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,  # said in the words of the import
        help_text=gettext_lazy(
            "CSV, separated by commas, semicolons or tabs. Nothing is changed yet: a preview follows."
        ),
        widget=forms.FileInput(attrs={"class": "w-half", "accept": ".csv,.txt,.tsv,text/csv"}),
    )
    parts = (Part(gettext_lazy("The file"), "kind", "file"),)

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, initial={"kind": "departments"}, **options)


class CorrectedForm(PlainForm):
    """The rows an import kept aside, as they were downloaded and then put right; of both imports."""

    file = forms.FileField(
        label=gettext_lazy("Corrected file"),
        allow_empty_file=True,  # said in the words of the import
        error_messages={"required": gettext_lazy("Choose the corrected file.")},
        help_text=gettext_lazy("The file you downloaded here, with its rows put right. Leave its columns as they are."),
        widget=forms.FileInput(attrs={"class": "w-half", "accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )


class RowForm(PlainForm):
    """The values of a row kept aside, by the columns of its file that mean something."""

    def __init__(self, data: Any = None, *, reject: RunReject) -> None:
        parameters = reject.run.parameters
        self.columns: dict[str, str] = parameters["names"]  # by key
        super().__init__(data)
        heads = {column.key: column for column in KINDS[parameters["kind"]].columns}
        for key, column in self.columns.items():
            wrong = column == reject.column
            self.fields[key] = forms.CharField(
                label=column,
                required=False,
                max_length=LONGEST,
                help_text=heads[key].words,
                widget=forms.TextInput(attrs={"autocomplete": "off", **({"autofocus": True} if wrong else {})}),
            )
            self.initial[key] = reject.row.get(column, "")
        self.parts = (Part(gettext_lazy("The row"), *self.columns, lead=reject.reason, name="row"),)

    @property
    def row(self) -> dict[str, str]:
        """The values by column of the file."""
        return {column: self.cleaned_data[key] for key, column in self.columns.items()}
