"""Forms of places: sites, departments; and of qualifications."""

from __future__ import annotations

from functools import cache

import holidays
from babel import Locale
from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from holidays.registry import COUNTRIES

from core.folding import fold
from organization.forms import zones
from organization.forms_frame import Part, SetUpForm
from organization.models import Department, OfficeCalendar, Qualification, Site


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """Countries whose public holidays are known, sorted by their names in a language (CLDR): ISO 3166-1 code, words."""
    known = holidays.list_supported_countries()
    names = Locale.parse(language, sep="-").territories
    codes = [code for _name, code, *_aliases in COUNTRIES.values() if code in known]
    return tuple(sorted(((code, f"{names.get(code, code)} ({code})") for code in codes), key=lambda one: fold(one[1])))


def subdivisions(country: str) -> list[str]:
    """Codes of the states or regions with holidays of their own, empty for a country without (or unknown)."""
    return sorted(holidays.list_supported_countries().get(country, []))


class SiteForm(SetUpForm):
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("Working hours and due dates of its departments.")
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), required=False, help_text=gettext_lazy("Gives the public holidays.")
    )
    subdivision = forms.CharField(
        label=gettext_lazy("State or region"),
        required=False,
        max_length=10,
        widget=forms.TextInput(attrs={"class": "w-code", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "Its code, such as BY or CA-NS without the country: NS. Empty: holidays of the country."
        ),
    )
    parts = (
        Part(gettext_lazy("The place"), "name", "time_zone", lead=gettext_lazy("Where departments work.")),
        Part(
            gettext_lazy("Public holidays"),
            "country",
            "subdivision",
            lead=gettext_lazy("Calendars that observe holidays are closed on them."),
        ),
    )

    class Meta:
        model = Site
        fields = ["name", "time_zone", "country", "subdivision"]
        widgets = {"name": forms.TextInput(attrs={"class": "w-half", "autocomplete": "off"})}

    def extend(self) -> None:
        known = zones() if self.instance.pk else (("", _("Choose a time zone")), *zones())
        self.fields["time_zone"].choices = known  # type: ignore[attr-defined]
        self.fields["country"].choices = (("", _("No public holidays")), *countries(get_language() or "en"))  # type: ignore[attr-defined]
        for name in ("time_zone", "country"):
            self.fields[name].widget.attrs["class"] = "w-half"

    def clean_subdivision(self) -> str:
        """The code as the library writes it; what is known is named in the refusal."""
        text = str(self.cleaned_data["subdivision"]).strip()
        known = subdivisions(self.cleaned_data.get("country") or "")
        same = [code for code in known if code.casefold() == text.casefold()]
        if text and not same and known:
            raise forms.ValidationError(_("Known there are: %(codes)s."), params={"codes": ", ".join(known)})
        if text and not known:
            raise forms.ValidationError(_("No regions are known for this country. Leave it empty."))
        return same[0] if same else ""


class DepartmentForm(SetUpForm):
    parts = (
        Part(
            gettext_lazy("Name and place"),
            "name",
            "code",
            "site",
            "parent",
            lead=gettext_lazy("Shown in the navigation and in lists."),
        ),
        Part(
            gettext_lazy("Working hours"),
            "calendar",
            lead=gettext_lazy("Clocks run inside them. Another calendar moves start-by and targets of its open tasks."),
        ),
        Part(gettext_lazy("How work is shared"), "cap", "members_may_take_over", "reopen_days", "is_active"),
    )

    class Meta:
        model = Department
        fields = [
            "name", "code", "site", "parent", "calendar", "cap", "members_may_take_over", "reopen_days", "is_active",
        ]  # fmt: skip
        widgets = {
            "name": forms.TextInput(attrs={"class": "w-half", "autocomplete": "off"}),
            "code": forms.TextInput(attrs={"class": "w-code", "autocomplete": "off"}),
            **{name: forms.Select(attrs={"class": "w-half"}) for name in ("site", "parent", "calendar")},
            **{
                name: forms.TextInput(attrs={"class": "w-num", "inputmode": "numeric"})
                for name in ("cap", "reopen_days")
            },
        }
        help_texts = {
            "site": gettext_lazy("Gives the time zone and public holidays."),
            "parent": gettext_lazy("Managers of a department manage those below it, too."),
            "cap": gettext_lazy("Who is at the limit finishes one before taking the next. Empty: no limit."),
            "is_active": gettext_lazy("Switched off, no new work begins there; what it has stays."),
        }

    def extend(self) -> None:
        places = Site.objects.order_by("folded_name", "pk")
        weeks = OfficeCalendar.objects.order_by("folded_name", "pk")
        above = Department.objects.order_by("folded_name", "pk")
        if self.instance.pk:
            above = above.exclude(lineage__contains=[self.instance.pk])
        for name, rows in (("site", places), ("calendar", weeks), ("parent", above)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        for name, words in (
            ("site", _("Choose a site")),
            ("calendar", _("Choose a calendar")),
            ("parent", _("Nothing")),
        ):
            self.fields[name].empty_label = words  # type: ignore[attr-defined]


class QualificationForm(SetUpForm):
    parts = (
        Part(
            gettext_lazy("What it is"),
            "name",
            "description",
            lead=gettext_lazy("Procedures ask for it; people hold it at a level, for a time."),
        ),
    )

    class Meta:
        model = Qualification
        fields = ["name", "description"]
        widgets = {
            "name": forms.TextInput(attrs={"class": "w-half", "autocomplete": "off"}),
            "description": forms.Textarea(attrs={"rows": 3}),
        }
