"""What can be done with many tasks of a list at once: one entry for each change, its key, its form, who is offered it.

Who is offered a change may do it to some work; right, state and gate are asked for each task (`tasks.bulk`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organization.models import User
from tasks import bulk, forms_bulk, rules
from tasks.bulk import Outcome
from tasks.states import Priority

Run = Callable[[list[int], User, dict[str, Any]], Outcome]


@dataclass(frozen=True)
class Act:
    """A change as a person meets it. `says` names the field whose value the answer speaks of; `aside` stands in the
    menu."""

    name: str
    label: str | Promise
    key: str
    run: Run
    may: Callable[[Any], bool] = rules.works_anywhere
    form: type[forms_bulk.BulkForm] = forms_bulk.BulkForm
    says: str = ""
    aside: bool = False
    danger: bool = False

    @property
    def asks(self) -> bool:
        """Is there something to fill in first?"""
        return self.form is not forms_bulk.BulkForm

    @property
    def href(self) -> str:
        return reverse("tasks:bulk", args=[self.name])

    def verb(self, data: dict[str, Any]) -> str:
        """The sentence that tells what was done (`remembered.words_for`)."""
        if self.name != "assign":
            return self.name
        return "move" if data["to"] else "release"

    def what(self, data: dict[str, Any]) -> str:
        """What the answer speaks of: the person, department, priority or label."""
        value = data.get(self.says)
        return (
            str(Priority(value).label).lower() if self.says == "priority" else str(getattr(value, "name", value or ""))
        )


def _give(ids: list[int], actor: User, data: dict[str, Any]) -> Outcome:
    if data["to"] is None:
        return bulk.release_all(ids, actor=actor)
    return bulk.assign_all(ids, actor=actor, to=data["to"], override=data["override"])


def _hand_off(ids: list[int], actor: User, data: dict[str, Any]) -> Outcome:
    return bulk.hand_off_all(ids, actor=actor, department=data["department"], reason=data["reason"])


def _wait(ids: list[int], actor: User, data: dict[str, Any]) -> Outcome:
    return bulk.wait_all(
        ids,
        actor=actor,
        kind=data["kind"],
        reason=data["reason"],
        day=data["until_day"],
        time=data["until_time"],
    )


_ALL = (
    Act("claim", _("Claim"), "g", lambda ids, actor, data: bulk.claim_all(ids, actor=actor), may=rules.has_post),
    Act("release", _("Release"), "r", lambda ids, actor, data: bulk.release_all(ids, actor=actor)),
    Act("assign", _("Assign"), "a", _give, may=rules.leads_anywhere, form=forms_bulk.GiveForm, says="to"),
    Act("wait", _("Wait"), "w", _wait, form=forms_bulk.WaitForm, aside=True),
    Act("hand-off", _("Hand off"), "h", _hand_off, form=forms_bulk.HandOffForm, says="department", aside=True),
    Act(
        "priority",
        _("Priority"),
        "i",
        lambda ids, actor, data: bulk.prioritize_all(ids, actor=actor, priority=data["priority"]),
        may=rules.leads_anywhere,
        form=forms_bulk.PriorityForm,
        says="priority",
        aside=True,
    ),
    Act(
        "label",
        _("Label"),
        "t",
        lambda ids, actor, data: bulk.label_all(ids, actor=actor, label=data["label"]),
        may=rules.leads_anywhere,
        form=forms_bulk.LabelForm,
        says="label",
        aside=True,
    ),
    Act(
        "cancel",
        _("Cancel the tasks"),
        "q",
        lambda ids, actor, data: bulk.cancel_all(ids, actor=actor, reason=data["reason"]),
        may=rules.leads_anywhere,
        form=forms_bulk.CancelForm,
        aside=True,
        danger=True,
    ),
)
ACTS = {act.name: act for act in _ALL}


def bar_of(user: User) -> dict[str, list[Act]]:
    """The changes a person is offered, in the bar and in its menu; none for who works nowhere."""
    offered = [act for act in _ALL if act.may(user)] if rules.works_anywhere(user) else []
    return {"bar": [act for act in offered if not act.aside], "menu": [act for act in offered if act.aside]}
