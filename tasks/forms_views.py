"""The form of a view that is shared with a department."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from organization.forms_frame import Part, SetUpForm
from organization.models import Department, User
from tasks.models import SavedView


class SharedViewForm(SetUpForm):
    parts = (
        Part(
            gettext_lazy("The view"),
            "name",
            "department",
            lead=gettext_lazy("Everybody who works there has it in their navigation."),
        ),
    )

    class Meta:
        model = SavedView
        fields = ["name", "department"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "w-half", "autocomplete": "off"}),
            "department": forms.Select(attrs={"class": "w-half"}),
        }

    def __init__(self, data: Any = None, *, instance: SavedView, user: User) -> None:
        self.user = user
        super().__init__(data, instance=instance)

    def extend(self) -> None:
        field: Any = self.fields["department"]
        mine = Department.objects.managed_by(self.user)
        here = Department.objects.filter(pk=self.instance.department_id)
        field.queryset = (mine.active() | (mine & here)).order_by("folded_name", "pk")
        field.required, field.empty_label = True, None
