"""Forms of the changes of many tasks at once. They check shape; rights, moves and the gate are asked for each task."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from organization.models import User
from tasks.bulk import MOST


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
    """The chosen tasks. `people` are those who may get them."""

    task = TaskNumbers(error_messages={"required": _("Choose at least one task.")})

    def __init__(self, *args: Any, people: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "to" in self.fields:
            chosen = User.objects.filter(pk__in=[person.pk for person in people])
            self.fields["to"].queryset = chosen  # type: ignore[attr-defined]


class MoveForm(BulkForm):
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Move to"),
        error_messages={
            "required": _("Choose who gets them."),
            "invalid_choice": _("Choose somebody of this department."),
        },
    )
    override = forms.CharField(label=_("Reason"), required=False, max_length=2000)


class ReleaseForm(BulkForm):
    reason = forms.CharField(label=_("Reason"), required=False, max_length=2000)


class CancelForm(BulkForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, error_messages={"required": _("Say why: a reason is needed.")}
    )
