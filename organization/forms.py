"""Forms of one's own profile."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import cache
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from organization.models import User


@cache
def zones() -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Time zones people live in, grouped by part of the world; names are those of the IANA database."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        area, slash, place = name.partition("/")
        if slash and area not in {"Etc", "SystemV", "US"}:
            groups.setdefault(area, []).append((name, f"{place.replace('_', ' ')} ({area})"))
    return (("UTC", (("UTC", "UTC"),)), *((area, tuple(places)) for area, places in groups.items()))


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What people say about themselves; the address and everything else is the set-up's."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Times are shown in it. Due dates stay dates."),
    )

    class Meta:
        model = User
        fields = ["name", "time_zone", "language", "own_first", "single_keys"]
        help_texts = {
            "name": _("As colleagues know you."),
            "own_first": _("Otherwise the most urgent task of all comes first."),
            "single_keys": _("Such as n for the next task. They never act while you type in a field."),
        }

    def __init__(self, data: Any = None, *, instance: User) -> None:
        super().__init__(data, instance=instance, label_suffix="")
        known = [*zones()]
        if not any(self.instance.time_zone == name for _area, places in known for name, _place in places):
            known.insert(0, (_("Now"), ((self.instance.time_zone, self.instance.time_zone),)))  # type: ignore[arg-type]
        self.fields["time_zone"].choices = known  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """A new API token: what it is for and how long it lasts."""

    MOST = 50
    LASTS = (("30", _("30 days")), ("90", _("90 days")), ("365", _("a year")), ("0", _("until it is revoked")))

    name = forms.CharField(
        label=_("What it is for"), max_length=80, help_text=_("The program or machine that will use it.")
    )
    lasts = forms.TypedChoiceField(label=_("Valid for"), choices=LASTS, coerce=int, initial="90")

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, label_suffix="", auto_id="token-%s")
        self.person = person

    def clean(self) -> dict[str, Any]:
        if self.person.api_tokens.filter(revoked_at__isnull=True).count() >= self.MOST:
            raise forms.ValidationError(
                _("You have %(most)s tokens, the most allowed. Revoke one first."), params={"most": self.MOST}
            )
        return super().clean() or {}

    @property
    def expires_at(self) -> dt.datetime | None:
        """The instant until which it is valid, None for always."""
        days = self.cleaned_data["lasts"]
        return clock.now() + dt.timedelta(days=days) if days else None
