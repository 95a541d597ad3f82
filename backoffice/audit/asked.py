"""What somebody asked for, as payloads keep it: what each part is called, and what its values mean.

Parameters of reports and their schedules, filters of exports, choices of imports.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from backoffice.audit.verbs import WORDS
from backoffice.running.words import KINDS
from organization.models.calendars import WEEKDAYS
from records.models.events import Origin
from reports.catalogue import REPORTS
from reports.catalogue.base import By
from reports.forms import CHOICE_LABELS, AskForm
from reports.models import Schedule
from reports.periods import Period
from reports.scope import EVERYTHING, OWN
from tasks.forms_importing import LABELS


@dataclass(frozen=True)
class Part:
    """One part: its label, words for its codes, and of what kind the numbers in it are (`names.Names`)."""

    label: Any = ""
    codes: Mapping[Any, Any] = field(default_factory=dict)
    kind: str = ""

    def numbers(self, value: Any) -> list[int]:
        """The numbers whose names it says."""
        several = value if isinstance(value, list) else [value]
        texts = [str(one) for one in several if isinstance(one, int | str) and not isinstance(one, bool)]
        known = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19]
        return known if self.kind and len(known) == len(several) else []


def _asked(name: str, codes: Any = (), kind: str = "") -> Part:
    return Part(AskForm.base_fields[name].label, dict(codes), kind)


_REPORT = {
    "about": _asked("about", {OWN: _("own work"), EVERYTHING: _("all departments in reach")}, "department"),
    "by": _asked("by", By.choices),
    "period": _asked("period", Period.choices),
    "first": _asked("first"),
    "last": _asked("last"),
} | {
    name: Part(CHOICE_LABELS[name], dict(kinds.choices))
    for report in REPORTS.values()
    for name, kinds in report.choices.items()
}
_FILTER = {
    "person": Part(_("Done by"), kind="person"),
    "on_behalf_of": Part(_("On behalf of"), kind="person"),
    "task": Part(_("Task"), kind="task"),
    "verb": Part(_("What was done"), WORDS),
    "department": Part(_("Department"), kind="department"),
    "origin": Part(_("How"), dict(Origin.choices)),
    "since": Part(_("From")),
    "until": Part(_("Before")),
    "reach": Part(_("Departments in reach"), kind="department"),
}
_MAPPING = {name: Part(label) for name, label in LABELS.items()} | {
    "source": Part(_("What this origin is called")),
    "procedure": Part(_("Procedure")),
    "department": Part(_("Department")),
    "labels": Part(_("Labels")),
    "site": Part(_("Site of departments that are made")),
    "time_zone": Part(_("Time zone")),
    "dates": Part(_("How dates are written")),
    "column": Part(_("Column")),
    "empty": Part(_("Values that mean nothing")),
    "else": Part(_("Then it stands in")),
    "default": Part(_("If that says nothing either")),
    "values": Part(_("Means here")),
}
# Objects in payloads by the name they have there, and values that stand by themselves.
INSIDE: dict[str, dict[str, Part]] = {
    "parameters": _REPORT,
    "filter": _FILTER,
    "mapping": _MAPPING,
    "procedure": _MAPPING,
    "department": _MAPPING,
}
ALONE = {
    "report": Part(codes={report.name: report.title for report in REPORTS.values()}),
    "kind": Part(codes=KINDS),
    "every": Part(codes=dict(Schedule.Every.choices)),
    "weekday": Part(codes=dict(WEEKDAYS)),
    "recipients": Part(kind="person"),
}


def parts(name: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any, Part]]:
    """What an object in a payload says: the name, value and part of each; what says nothing is left out.

    In the order they are asked for: the database keeps the keys of an object in one of its own.
    """
    known = INSIDE.get(name, {})
    for key in [*(key for key in known if key in value), *(key for key in value if key not in known)]:
        one = value[key]
        if one not in (None, "", [], {}):
            yield key, one, known.get(key) or Part(key.replace("_", " "))


def spoken_of(body: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Kind and number of what a payload says by number, as far as this module knows it."""
    changes = body.get("changes")
    pairs = changes.items() if isinstance(changes, dict) else ()
    both = [(name, one) for name, pair in pairs if isinstance(pair, list) for one in pair]
    for name, value in [*body.items(), *both]:
        inside = [(part, one) for _key, one, part in parts(name, value)] if isinstance(value, dict) else []
        for part, one in [(ALONE.get(name, Part()), value), *inside]:
            yield from ((part.kind, number) for number in part.numbers(one))
