"""The form of the look of the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.forms_frame import Part, SetUpForm
from organization.models.look import Look


class LookForm(SetUpForm):
    logo_file = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG or WebP, up to 2 MB. It is drawn anew, at most 512 pixels wide and high."),
        widget=forms.FileInput(attrs={"class": "w-half", "accept": "image/png,image/jpeg,image/webp"}),
    )
    without_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)
    parts = (
        Part(
            gettext_lazy("Name"),
            "name",
            lead=gettext_lazy("In the navigation, on the sign-in page, in mails and reports."),
        ),
        Part(gettext_lazy("Logo"), "logo_file", "without_logo"),
        Part(
            gettext_lazy("Colour"),
            "accent",
            lead=gettext_lazy("Of buttons, links and what is chosen, in light and in dark."),
        ),
    )

    class Meta:
        model = Look
        fields = ["name", "accent"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "w-half", "autocomplete": "organization"}),
            "accent": forms.TextInput(attrs={"class": "w-code", "autocomplete": "off", "spellcheck": "false"}),
        }
        help_texts = {
            "accent": gettext_lazy("Such as #1c5741. Empty: bottle green. It is made darker or lighter where need be."),
        }

    def extend(self) -> None:
        self.fields["name"].help_text = _("Empty: the name the office was started with.")
        if not self.instance.logo_id:
            del self.fields["without_logo"]

    def clean_accent(self) -> str:
        """Small letters, and with the hash where it was forgotten."""
        text = str(self.cleaned_data["accent"]).strip().lower()
        return f"#{text}" if text and not text.startswith("#") else text

    def said_no(self, error: Any) -> None:
        """What the verb says of the logo stands at its file."""
        if getattr(error, "field", None) == "logo":
            self.add_error("logo_file", str(error.sentence))
        else:
            super().said_no(error)
