"""The form behind the address of the audit page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.audit.address import NAMES, Address, verbs_known
from backoffice.audit.verbs import words_of
from organization.models import Department
from records.models.events import Origin

MOST = 200
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuditForm(forms.Form):
    """Unbound: the address is read by `address.read`, this draws it with what is wrong."""

    by = forms.CharField(label=gettext_lazy("Done by"), required=False, max_length=100)
    behalf = forms.CharField(label=gettext_lazy("On behalf of"), required=False, max_length=100)
    task = forms.CharField(label=gettext_lazy("Task"), required=False, max_length=24)
    verb = forms.ChoiceField(label=gettext_lazy("What was done"), required=False)
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)
    origin = forms.ChoiceField(label=gettext_lazy("How"), required=False)
    until = forms.CharField(label=gettext_lazy("To day"), required=False, widget=_DAY)

    def __init__(self, address: Address, user: Any) -> None:
        typed = address.typed | {name: address.names[name] for name in ("by", "behalf") if name in address.names}
        super().__init__(initial=typed, label_suffix="", auto_id="q-%s")
        self.fields["from"] = forms.CharField(label=_("From day"), required=False, widget=_DAY)
        self.order_fields(NAMES)
        self._offer("verb", [(verb, words_of(verb)) for verb in verbs_known()])
        self._offer("origin", Origin.choices)
        places = Department.objects.managed_by(user).order_by("folded_name", "pk")
        self._offer("department", places.values_list("pk", "name")[:MOST])
        self.wrong = dict(address.problems)
        for name in self.wrong:
            self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"q-{name}-wrong"}

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = [("", _("Any")), *choices]  # type: ignore[attr-defined]

    @property
    def drawn(self) -> list[tuple[forms.BoundField, str]]:
        """Each field with what is wrong with it."""
        return [(self[name], str(self.wrong.get(name, ""))) for name in self.fields]
