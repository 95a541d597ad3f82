"""The form behind the address of a list, with the choices this person has. Drawn only when asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization.models import Department, User
from tasks.filters import ME, NOBODY, Address, sought_of
from tasks.lists import labels_in
from tasks.models import Procedure
from tasks.states import FINISHED, Priority, State

MOST = 200
ALL_FINISHED = "finished"


def _chosen(values: tuple[Any, ...]) -> Any:
    return values[0] if values else ""


class FilterForm(forms.Form):
    """Unbound always: the address is read by `filters.read`, this draws it."""

    title = forms.CharField(label=gettext_lazy("Words in the title"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)
    procedure = forms.ChoiceField(label=gettext_lazy("Procedure"), required=False)
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)
    label = forms.ChoiceField(label=gettext_lazy("Label"), required=False)
    overdue = forms.BooleanField(label=gettext_lazy("Overdue only"), required=False)

    def __init__(self, address: Address, user: User) -> None:
        finished = set(address.states) == set(FINISHED)
        super().__init__(
            initial={
                "title": address.title,
                "state": ALL_FINISHED if finished else _chosen(address.states),
                "priority": _chosen(address.priorities),
                "procedure": _chosen(address.procedures),
                "department": _chosen(address.departments),
                "owner": address.owner,
                "label": address.label or "",
                "overdue": address.overdue,
            },
            label_suffix="",
            auto_id="q-%s",
        )
        self.fields["overdue"].widget.attrs["value"] = "1"
        states = [*State.choices, (ALL_FINISHED, _("All finished"))]
        self._offer("state", _("Unfinished"), states)
        self._offer("priority", _("Any"), Priority.choices)
        procedures = Procedure.objects.visible_to(user).order_by("folded_name", "pk")
        self._offer("procedure", _("Any"), procedures.values_list("pk", "name")[:MOST])
        self._offer("department", _("Any"), _departments(user).values_list("pk", "name")[:MOST])
        self._offer("label", _("Any"), _labels(address, user).values_list("pk", "name")[:MOST])
        if address.scope == "mine" and not address.owner:
            del self.fields["owner"]  # all of it is one's own
        else:
            self._offer("owner", _("Anybody"), self._owners(address, user))

    def _offer(self, name: str, nothing: str, choices: Any) -> None:
        self.fields[name].choices = [("", nothing), *choices]  # type: ignore[attr-defined]

    @staticmethod
    def _owners(address: Address, user: User) -> list[tuple[Any, str]]:
        """Nobody, oneself, and the people of one's own departments; never everybody."""
        owners: list[tuple[Any, str]] = [(NOBODY, _("Nobody")), (ME, _("Me"))]
        if address.scope == "mine":
            return owners
        people = User.objects.members_of(user.standing.departments).exclude(pk=user.pk).distinct()
        rows = people.order_by("folded_name", "pk").values_list("pk", "name")[:MOST]
        return [*owners, *((str(pk), name) for pk, name in rows)]


def _labels(address: Address, user: User) -> Any:
    """The labels of the list, and the one it is narrowed by."""
    offered = labels_in(user, address.listing(user))
    chosen = sought_of(address, user).get("sought label")
    return (offered if chosen is None else offered | chosen).order_by("folded_name")


def _departments(user: User) -> Any:
    rows = Department.objects.active().order_by("folded_name", "pk")
    return rows if user.is_admin else rows.filter(pk__in=user.standing.departments)
