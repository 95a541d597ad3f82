"""What payloads say, as people read it: instants in the reader's zone, names for ids, words for codes."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from backoffice.audit import asked
from organization import dates
from tasks.names import Names
from tasks.states import Priority, State, WaitReason

_CHOICES: dict[str, Any] = {"state": State, "priority": Priority, "waiting_kind": WaitReason}
_KINDS = {
    "assignee_id": "person",
    "requester_id": "person",
    "person_id": "person",
    "substitute_id": "person",
    "owner_id": "person",
    "department_id": "department",
}
LONGEST = 2000
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class Values:
    """Says values; `names` has been told which it will need."""

    def __init__(self, names: Names, zone: dt.tzinfo) -> None:
        self.names, self.zone = names, zone

    def say(self, name: str, value: Any) -> str:
        """One value of a field."""
        if name in _CHOICES and value in _CHOICES[name].values:
            return str(_CHOICES[name](value).label)
        if name in _KINDS and isinstance(value, int):
            return self.names.get((_KINDS[name], value), str(value))
        if name in asked.ALONE:
            return self._part(name, value, asked.ALONE[name])
        return self._plain(name, value)

    def inside(self, name: str, value: dict[str, Any]) -> list[tuple[str, str]]:
        """What an object says: label and words of each of its parts."""
        return [(str(part.label), self._part(key, one, part)) for key, one, part in asked.parts(name, value)]

    def _part(self, name: str, value: Any, part: asked.Part) -> str:
        if numbers := part.numbers(value):
            known = (
                f"T-{one}" if part.kind == "task" else self.names.get((part.kind, one), str(one)) for one in numbers
            )
            return ", ".join(known)[:LONGEST]
        if isinstance(value, str | int) and value in part.codes:
            return str(part.codes[value])
        return self._plain(name, value)

    def _plain(self, name: str, value: Any) -> str:
        if value is None or value == "" or value == []:
            return _("nothing")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, dict):
            said = "; ".join(f"{label}: {words}" for label, words in self.inside(name, value))
            return said[:LONGEST] or _("nothing")
        if isinstance(value, list):
            nested = any(isinstance(one, dict | list) for one in value)
            return ("; " if nested else ", ").join(self._plain(name, one) for one in value if one is not None)[:LONGEST]
        return self._text(value) if isinstance(value, str) else str(value)

    def _text(self, value: str) -> str:
        if _DAY.fullmatch(value) and (day := _day(value)):
            return dates.plain_day(day)
        at = parse_datetime(value) if len(value) > 18 and value[4:5] == "-" and "T" in value[:11] else None
        return dates.whole(at.astimezone(self.zone)) if at and at.tzinfo else value[:LONGEST]


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
