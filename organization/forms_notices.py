"""Forms for how one wants to be told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from organization.models import NoticeHours, NoticePreference, User
from organization.notice_kinds import Kind, kinds


class TimeInput(forms.TimeInput):
    """A time of day, without seconds."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]
    """Quiet hours and the hour of the morning mail."""

    class Meta:
        model = NoticeHours
        fields = ["morning", "quiet_from", "quiet_until"]
        widgets = {name: TimeInput() for name in fields}
        help_texts = {
            "morning": _("Everything that can wait comes in one mail a day, at this time of your zone."),
            "quiet_from": _("No mail is sent to you in these hours. What came meanwhile comes when they end."),
            "quiet_until": _("An earlier time than the first is one of the next day."),
        }


@dataclass(frozen=True)
class Row:
    """One kind with its two fields."""

    kind: Kind
    mail: BoundField
    in_app: BoundField


class WaysForm(forms.Form):
    """How each kind of notice is told. Values are by kind: `mail-<kind>` and `app-<kind>`."""

    def __init__(self, data: Any = None, *, person: User) -> None:
        super().__init__(data, label_suffix="")
        self.chosen = {row.kind: row for row in NoticePreference.objects.filter(person=person)}
        for kind in kinds():
            row = self.chosen.get(kind.name)
            self.fields[f"mail-{kind.name}"] = forms.ChoiceField(
                choices=NoticePreference.Mail.choices, initial=row.mail if row else kind.mail, label=_("Mail")
            )
            self.fields[f"app-{kind.name}"] = forms.BooleanField(
                required=False, initial=row.in_app if row else True, label=_("In the office")
            )

    def rows(self) -> Iterator[Row]:
        for kind in kinds():
            yield Row(kind, self[f"mail-{kind.name}"], self[f"app-{kind.name}"])

    def changes(self) -> Iterator[tuple[str, str, bool]]:
        """Kind, mail and in the office, of what differs from what holds now."""
        for kind in kinds():
            mail, in_app = self.cleaned_data[f"mail-{kind.name}"], self.cleaned_data[f"app-{kind.name}"]
            row = self.chosen.get(kind.name)
            if (mail, in_app) != ((row.mail, row.in_app) if row else (kind.mail, True)):
                yield kind.name, mail, in_app
