"""What the forms of the set-up have in common: crispy draws them in parts, and none writes over what others saved."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from crispy_forms.utils import render_field
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core.refusals import Refused


class Part(LayoutObject):
    """A heading beside its fields; names in a tuple stand in one row. Sections of `static/css/forms.css`."""

    def __init__(self, title: Any, *fields: str | tuple[str, ...], lead: Any = "", name: str = "") -> None:
        self.title, self.lead, self.fields, self.name = title, lead, list(fields), name

    def render(self, form: Any, context: Any, template_pack: str = "bootstrap5", **kwargs: Any) -> str:
        """The section as HTML; fields the form does not have are left out."""
        rows = []
        for row in self.fields:
            names = [name for name in ((row,) if isinstance(row, str) else row) if name in form.fields]
            drawn = [render_field(name, form, context, template_pack=template_pack) for name in names]
            rows.append((_row(len(drawn)), mark_safe("".join(drawn))))  # noqa: S308 - drawn by our own templates
        words = {"title": self.title, "lead": self.lead, "rows": rows, "key": self.name or str(self.fields[0])}
        drawn_part: str = render_to_string("set_up/_part.html", words)
        return drawn_part


def _row(fields: int) -> str:
    """The class of a row by how many fields it holds."""
    return {1: "", 2: "pair", 3: "pair", 4: "span-row"}.get(fields, "week")


class Careful(forms.BaseForm):
    """Draws by crispy, carries what it showed (`stamp`), and shows what the verb said no to.

    A save is refused while somebody else changed what the form showed; both versions stand side by side (`sides`).
    """

    parts: tuple[Part, ...] = ()
    stale = False
    unstored: frozenset[str] = frozenset()  # fields of rows that are not saved yet; how many there are says nothing

    def prepare(self) -> None:
        """To be called at the end of `__init__`, when `initial` is what is stored."""
        self.label_suffix = ""
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date", "class": "w-date"}, format="%Y-%m-%d")
                field.widget.is_required = field.required
                field.input_formats = ["%Y-%m-%d"]
        self.fields["stamp"] = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)
        self.stored = {name: self.written(name) for name in self.fields if name not in {"stamp", "rows"}}
        known = {name: value for name, value in self.stored.items() if value and name not in self.unstored}
        raw = json.dumps(known, sort_keys=True).encode()
        self.stamp = self.initial["stamp"] = hashlib.sha256(raw).hexdigest()[:32]

    def written(self, name: str) -> Any:
        """The stored value of a field as text, or as a sorted list of texts."""
        value = self.initial.get(name, self.fields[name].initial)
        if callable(value):
            value = value()
        if isinstance(value, list | tuple | set | models.QuerySet):
            return sorted(str(getattr(one, "pk", one)) for one in value)
        return "" if value is None else str(getattr(value, "pk", value))

    def check_stamp(self, stored: bool) -> None:
        """Refuse to write over what somebody else saved since the form was drawn. `stored`: there is a row already."""
        if stored and self.data.get("stamp", "") != self.stamp:
            self.stale = True
            self.data = self.data.copy()
            self.data["stamp"] = self.stamp
            words = _("Somebody else saved this meanwhile. Look at both versions below, then save again.")
            self.add_error(None, ValidationError(words, code="stale"))

    @property
    def sides(self) -> list[tuple[Any, str, str]]:
        """Where what is typed differs from what is stored: label, theirs, mine."""
        found = []
        for name, theirs in self.stored.items():
            mine = self[name].value()
            if isinstance(theirs, list):
                typed: Any = sorted(map(str, mine or []))
            elif isinstance(self.fields[name], forms.BooleanField):
                typed = str(bool(mine) and mine != "False")
            else:
                typed = "" if mine is None else str(mine)
            if typed != theirs:
                found.append((self.fields[name].label, self._words(name, theirs), self._words(name, typed)))
        return found

    def _words(self, name: str, value: Any) -> str:
        values = value if isinstance(value, list) else [value]
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return _("Yes") if value == "True" else _("No")
        if isinstance(field, forms.ChoiceField):
            known = _flat(field.choices)
            values = [known.get(one, one) for one in values]
        return ", ".join(filter(None, values)) or _("(empty)")

    def said_no(self, error: Refused | ValidationError) -> None:
        """Put what a verb refused to its field, else on top."""
        if isinstance(error, Refused):
            found: dict[str, Any] = {error.field or NON_FIELD_ERRORS: [str(error.sentence)]}
        else:
            found = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for name, sentences in found.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)

    @cached_property
    def helper(self) -> FormHelper:
        """For `{% crispy form %}`: the parts, without a form tag of its own."""
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf, helper.render_hidden_fields = False, True, True
        helper.layout = Layout(*self.parts)
        return helper

    @property
    def drawn(self) -> SafeString:
        """The whole form as HTML."""
        from crispy_forms.utils import render_crispy_form

        html: SafeString = render_crispy_form(self)
        return html


def _flat(choices: Any) -> dict[str, str]:
    known: dict[str, str] = {}
    for value, label in choices:
        if isinstance(label, list | tuple):
            known |= _flat(label)
        else:
            known[str(value)] = str(label)
    return known


class SetUpForm(Careful, forms.ModelForm):
    """A form of one row. `instance` is read under the lock of the page (`views.frame.alone`)."""

    def __init__(self, data: Any = None, files: Any = None, *, instance: Any = None, **options: Any) -> None:
        super().__init__(data, files, instance=instance, **options)
        self.extend()
        self.prepare()

    def extend(self) -> None:
        """Further fields and their stored values, in forms that have some."""

    def _update_errors(self, errors: Any) -> None:
        """What the row says of fields this form does not show stands on top."""
        if hasattr(errors, "error_dict"):
            known = {name: one for name, one in errors.error_dict.items() if name in self.fields}
            rest = [one for name, some in errors.error_dict.items() if name not in self.fields for one in some]
            errors = ValidationError(known | ({NON_FIELD_ERRORS: rest} if rest else {}))
        super()._update_errors(errors)  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.check_stamp(bool(self.instance.pk))
        return data


class PlainForm(Careful, forms.Form):
    """A form of the set-up that is no row; nothing is stored before, so nothing is written over."""

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(data, files, **options)
        self.prepare()
