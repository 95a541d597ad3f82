"""Forms of people's lives: taking an invitation, changing the department."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from organization.forms_frame import Part, PlainForm
from organization.models import Department, Membership, User


class WelcomeForm(forms.Form):
    """A name and a password, asked for once: managers of passwords fill it in."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=150, help_text=gettext_lazy("As colleagues know you.")
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least 12 characters. A few words are easier to remember than signs."),
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, label_suffix="", initial={"name": person.name})
        self.person = person
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def clean_password(self) -> str:
        password: str = get_adapter().clean_password(self.cleaned_data["password"], user=self.person)
        return password


class MoveForm(PlainForm):
    """From which department to which, from which day."""

    post = forms.ModelChoiceField(Membership.objects.none(), label=gettext_lazy("Leaves"), empty_label=None)
    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("Goes to"))
    on = forms.DateField(label=gettext_lazy("First day there"))
    parts = (
        Part(
            gettext_lazy("The change"),
            "post",
            "department",
            "on",
            lead=gettext_lazy("Role and hours stay as they are; change them afterwards where they differ."),
        ),
    )

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, initial={"on": clock.now().date()})
        posts: Any = self.fields["post"]
        posts.queryset = (
            person.memberships.filter(stands_in_for__isnull=True)
            .between(clock.now().date(), clock.now().date())
            .select_related("department")
            .order_by("department__folded_name")
        )
        posts.label_from_instance = lambda row: f"{row.department.name} ({row.get_role_display()})"
        places: Any = self.fields["department"]
        places.queryset, places.empty_label = Department.objects.active().order_by("folded_name", "pk"), _("Choose one")
        self.initial["post"] = posts.queryset.values_list("pk", flat=True).first()
        for name in ("post", "department"):
            self.fields[name].widget.attrs["class"] = "w-half"
